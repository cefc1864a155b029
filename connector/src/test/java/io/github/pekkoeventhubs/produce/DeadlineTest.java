// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class DeadlineTest {

  private static final Duration TIME = Duration.ofSeconds(3);

  private static final ActorTestKit kit =
      ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
  private static final ManualTime time = ManualTime.get(kit.system());

  private final Deadline deadline = new Deadline(TIME, kit.system().classicSystem());
  private final CompletableFuture<String> call = new CompletableFuture<>();
  private final CompletableFuture<String> result = deadline.around(call).toCompletableFuture();

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @Test
  void aCallThatNeverEndsIsEndedAndCancelled() {
    time.timePasses(TIME.minusMillis(1));
    assertThat(result).isNotDone();

    time.timePasses(Duration.ofMillis(1));

    assertThat(result)
        .failsWithin(Duration.ofSeconds(15))
        .withThrowableThat()
        .withCauseInstanceOf(TimeoutException.class);
    await().until(call::isCancelled);
    assertThat(result.handle((value, thrown) -> SendFailure.of(thrown).isUnanswered()).join())
        .isTrue();
  }

  @Test
  void aCallThatEndsInTimeIsLeftAlone() {
    call.complete("answer");

    time.timePasses(TIME.multipliedBy(2));

    assertThat(result).isCompletedWithValue("answer");
  }

  @Test
  void aFailureInTimeIsPassedOn() {
    IllegalStateException failure = new IllegalStateException("refused");

    call.completeExceptionally(failure);

    assertThat(result).isCompletedExceptionally();
    assertThat(result.handle((value, thrown) -> thrown).join()).isSameAs(failure);
  }
}
