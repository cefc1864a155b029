// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The JDK's thread for time-outs of futures is blocked throughout by another future's user. */
class TimeLimitsTest {

  private static final Duration SHORT = Duration.ofMillis(20);

  private final CountDownLatch blocked = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  @BeforeEach
  void blockTheThreadOfTheJdk() throws Exception {
    // Not a step of a future: where that is complete already, the step runs on this thread.
    CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS, Runnable::run)
        .execute(
            () -> {
              blocked.countDown();
              awaitRelease();
            });
    assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void release() {
    release.countDown();
  }

  @Test
  void aFutureFailsWhenItsTimeIsOver() {
    assertThat(TimeLimits.failing(new CompletableFuture<String>(), SHORT))
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(TimeoutException.class)
        .withMessageContaining("not done within 20ms");
  }

  @Test
  void aFutureHasTheGivenValueWhenItsTimeIsOver() {
    assertThat(TimeLimits.completing(new CompletableFuture<>(), "enough", SHORT))
        .succeedsWithin(Duration.ofSeconds(10))
        .isEqualTo("enough");
  }

  @Test
  void whatFollowsRunsOnAThreadOfOurs() {
    CompletableFuture<String> thread =
        TimeLimits.completing(new CompletableFuture<>(), "", SHORT)
            .thenApply(value -> Thread.currentThread().getName());

    assertThat(thread)
        .succeedsWithin(Duration.ofSeconds(10))
        .asString()
        .startsWith(OwnThreads.NAME_PREFIX + "worker");
  }

  @Test
  void aFutureThatIsDoneInTimeKeepsItsValue() {
    CompletableFuture<String> future = new CompletableFuture<>();
    CompletableFuture<String> limited =
        TimeLimits.completing(future, "late", Duration.ofSeconds(60));

    future.complete("early");

    assertThat(limited).isSameAs(future).isCompletedWithValue("early");
  }
}
