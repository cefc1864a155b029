// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Tests of operators that need no cluster: an event hub of two partitions, read without claims. */
abstract class FixedPartitionStreams {

  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** For streams whose hand-over waits until its time is over. */
  static final Duration SHORT_HAND_OVER = Duration.ofSeconds(3);

  private static @Nullable ActorTestKit kit;

  final EmbeddedServices services = new EmbeddedServices(2);

  /** Waits for an answer for longer than a busy machine keeps it. */
  final PartitionStore store =
      BlobPartitionStore.create(
          services.container(EmbeddedServices.CONTAINER), Duration.ofSeconds(30));

  @BeforeAll
  static void startTheSystem() {
    kit = ActorTestKit.create();
  }

  @AfterAll
  static void stopTheSystem() {
    Objects.requireNonNull(kit).shutdownTestKit();
  }

  @AfterEach
  void stopTheServices() {
    services.close();
  }

  static ActorSystem<Void> system() {
    return Objects.requireNonNull(kit).system();
  }

  ConsumerSettings settings() {
    return services.consumerSettings(system()).withHandoverTimeout(Duration.ofSeconds(8));
  }

  static CommitterSettings committer() {
    return CommitterSettings.create(system()).withMaxInterval(Duration.ofMillis(50));
  }

  EventHubPartition partition(String id) {
    return new EventHubPartition(
        "localhost", EmbeddedServices.EVENT_HUB, EmbeddedServices.CONSUMER_GROUP, id);
  }

  /** The sequence number of a partition's stored checkpoint, which must be there. */
  long committed(String partitionId) {
    return Objects.requireNonNull(
        services.checkpoints().get(partitionId), "the checkpoint of partition " + partitionId);
  }

  static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  static String body(CommittableEvent event) {
    return event.event().getBodyAsString();
  }

  /** The bodies of the events from one sequence number to before another. */
  static List<String> bodies(long from, long to) {
    return LongStream.range(from, to).mapToObj(Long::toString).toList();
  }
}
