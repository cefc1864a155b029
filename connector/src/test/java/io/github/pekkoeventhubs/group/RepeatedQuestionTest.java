// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.group.RepeatedQuestion.Again;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepeatedQuestionTest {

  private final AtomicLong clock = new AtomicLong();
  private final RepeatedQuestion question = new RepeatedQuestion(clock::get, () -> 0.0);

  @Test
  void isAskedLessAndLessOftenUpToEveryHalfMinute() {
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      delays.add(
          question.failed("no answer", RepeatedQuestion.NOTHING_IS_READ).delay().toSeconds());
    }

    assertThat(delays).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
  }

  @Test
  void saysAfterAWhileForHowLongTheAnswerIsWaitedFor() {
    assertThat(question.failed("no connection to ns:5671", RepeatedQuestion.NOTHING_IS_READ).line())
        .isEqualTo("no connection to ns:5671; asking again in 1000 ms");
    clock.addAndGet(Duration.ofSeconds(63).toNanos());

    Again again = question.failed("no connection to ns:5671", RepeatedQuestion.NOTHING_IS_READ);

    assertThat(again.line())
        .isEqualTo(
            "waiting for an answer for 63 s, nothing is read until then; 2 attempts have failed,"
                + " the last one with: no connection to ns:5671; asking again in 2000 ms");
  }

  @Test
  void beginsAnewAfterAnAnswer() {
    question.failed("no answer", RepeatedQuestion.NOTHING_IS_READ);
    question.failed("no answer", RepeatedQuestion.NOTHING_IS_READ);
    clock.addAndGet(Duration.ofSeconds(63).toNanos());
    question.answered();

    assertThat(question.failed("no answer", RepeatedQuestion.NOTHING_IS_READ))
        .isEqualTo(new Again(Duration.ofSeconds(1), "no answer; asking again in 1000 ms"));
  }
}
