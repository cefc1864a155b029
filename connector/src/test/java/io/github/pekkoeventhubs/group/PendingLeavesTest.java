// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PendingLeavesTest {

  private final ActorTestKit testKit = ActorTestKit.create("PendingLeaves", ConfigFactory.load());
  private final PendingLeaves leaves = PendingLeaves.get(testKit.system());

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  @Test
  void aStreamThatHasLeftIsForgotten() {
    for (int stream = 0; stream < 1000; stream++) {
      CompletableFuture<Done> left = new CompletableFuture<>();
      CompletionStage<Done> answer = leaves.untilTheSystemEnds(left);
      left.complete(Done.getInstance());
      assertThat(answer.toCompletableFuture()).isCompleted();
    }

    assertThat(leaves.count()).isZero();
  }

  @Test
  void aStreamThatNobodyAnswersHasLeftWhenTheActorSystemEnds() {
    CompletionStage<Done> before = leaves.untilTheSystemEnds(new CompletableFuture<>());

    testKit.shutdownTestKit();

    await().atMost(Duration.ofSeconds(20)).until(() -> before.toCompletableFuture().isDone());
    assertThat(leaves.untilTheSystemEnds(new CompletableFuture<>()).toCompletableFuture())
        .isCompleted();
  }
}
