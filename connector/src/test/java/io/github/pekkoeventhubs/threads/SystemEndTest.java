// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SystemEndTest {

  private final ActorTestKit testKit = ActorTestKit.create("SystemEnd", ConfigFactory.load());
  private final SystemEnd end = SystemEnd.of(testKit.system());

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  @Test
  void somethingThatHasEndedBeforeIsForgotten() {
    for (int stream = 0; stream < 1000; stream++) {
      CompletableFuture<Done> left = new CompletableFuture<>();
      CompletionStage<Done> answer = end.completes(left);
      left.complete(Done.getInstance());
      assertThat(answer.toCompletableFuture()).isCompleted();
    }

    assertThat(end.count()).isZero();
  }

  @Test
  void aFutureThatNobodyCompletesIsCompletedWhenTheActorSystemEnds() {
    CompletionStage<Done> before = end.completes(new CompletableFuture<>());

    testKit.shutdownTestKit();

    await().atMost(Duration.ofSeconds(20)).until(() -> before.toCompletableFuture().isDone());
    assertThat(end.completes(new CompletableFuture<>()).toCompletableFuture()).isCompleted();
  }

  @Test
  void aTaskThatIsTakenBackIsForgottenAndNeverRuns() {
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger kept = new AtomicInteger();

    end.runs(taken::incrementAndGet).run();
    assertThat(end.count()).isZero();
    end.runs(
        () -> {
          throw new IllegalStateException("a task that fails");
        });
    end.runs(kept::incrementAndGet);
    testKit.shutdownTestKit();

    await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(kept).hasValue(1));
    assertThat(taken).hasValue(0);
    end.runs(taken::incrementAndGet);
    assertThat(taken).hasValue(1);
  }
}
