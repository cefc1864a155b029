// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class InterleavingTest {

  private static final List<String> CONTENDERS = List.of("connector", "raw");

  @Test
  void eachContenderIsMeasuredInEachRoundThatCounts() throws Exception {
    List<String> measured = new ArrayList<>();

    Rounds<String> rounds =
        Interleaving.measure(
            CONTENDERS,
            Function.identity(),
            1,
            2,
            contender -> {
              measured.add(contender);
              return measured.size();
            });

    assertThat(measured).hasSize(6);
    assertThat(rounds.of("connector")).hasSize(2).doesNotContain(0.0);
  }

  @Test
  void theFailureOfARoundNamesTheContender() {
    TimeoutException stalled = new TimeoutException("4 receivers in 60 s");

    assertThatExceptionOfType(IncorrectResultException.class)
        .isThrownBy(() -> measureFailing(0, "raw", stalled))
        .withMessage("round 1 of 'raw' has failed: " + stalled)
        .withCause(stalled);
    assertThatExceptionOfType(IncorrectResultException.class)
        .isThrownBy(
            () -> measureFailing(1, "connector", new IncorrectResultException("of 9 only 3 came")))
        .withMessage("a round before those that count of 'connector' has failed: of 9 only 3 came");
    assertThatThrownBy(() -> measureFailing(0, "raw", new InterruptedException()))
        .isInstanceOf(InterruptedException.class);
  }

  private static void measureFailing(int warmUps, String failing, Exception failure)
      throws InterruptedException {
    Interleaving.measure(
        CONTENDERS,
        Function.identity(),
        warmUps,
        1,
        contender -> {
          if (contender.equals(failing)) {
            throw failure;
          }
          return 1;
        });
  }
}
