// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The known partitions are those of the latest answer. */
class HubPartitionsTest {

  private final ActorTestKit testKit = ActorTestKit.create("HubPartitions", ConfigFactory.load());

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  /** Runs a test on the thread of an actor. */
  private void with(Consumer<HubPartitions<String>> test) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    testKit.spawn(
        Behaviors.<String>setup(
            context ->
                Behaviors.withTimers(
                    timers -> {
                      HubPartitions<String> partitions =
                          new HubPartitions<>(
                              context,
                              timers,
                              new GroupStreams(),
                              ids -> "answered",
                              (stream, error) -> "refused",
                              "refresh");
                      try {
                        test.accept(partitions);
                        done.complete(null);
                      } catch (AssertionError | RuntimeException e) {
                        done.completeExceptionally(e);
                      }
                      return Behaviors.ignore();
                    })));
    done.get(20, TimeUnit.SECONDS);
  }

  @Test
  void anEventHubThatHasGrownHasNewPartitions() throws Exception {
    with(
        partitions -> {
          assertThat(partitions.answered(List.of("0", "1"))).isTrue();
          assertThat(partitions.answered(List.of("0", "1"))).isFalse();
          assertThat(partitions.answered(List.of("0", "1", "2"))).isTrue();
          assertThat(partitions.ids()).containsExactlyInAnyOrder("0", "1", "2");
        });
  }

  @Test
  void anEventHubThatWasCreatedAnewWithFewerPartitionsHasOnlyThose() throws Exception {
    with(
        partitions -> {
          partitions.answered(List.of("0", "1", "2"));

          assertThat(partitions.answered(List.of("0"))).isFalse();

          assertThat(partitions.ids()).containsExactly("0");
          assertThat(partitions.isGone("2")).isTrue();
          assertThat(partitions.isGone("0")).isFalse();
          assertThat(partitions.isGone("7")).as("never known").isFalse();
        });
  }

  @Test
  void aPartitionThatComesBackIsNotGone() throws Exception {
    with(
        partitions -> {
          partitions.answered(List.of("0", "1"));
          partitions.answered(List.of("0"));
          partitions.answered(List.of("0", "1"));

          assertThat(partitions.ids()).containsExactlyInAnyOrder("0", "1");
          assertThat(partitions.isGone("1")).isFalse();
        });
  }
}
