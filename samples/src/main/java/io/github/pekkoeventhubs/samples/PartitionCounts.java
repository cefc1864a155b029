// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Keeps a state for each partition: here a count of its orders. The state is stored beside the
 * checkpoint, in the same write, so that position and state always belong together; the next owner
 * goes on with both. For states of at most 6 KiB of text.
 */
public final class PartitionCounts {

  /** More partitions than an event hub has. */
  private static final int PARTITIONS = 2_048;

  private static final String COUNT = "ordercount";

  private PartitionCounts() {}

  /** Calls {@code counted} with each order and its number within its partition. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      PartitionStore store,
      BiConsumer<CommittableEvent, Long> counted) {
    CommitterSettings committer = CommitterSettings.create(system);
    return Consumer.committablePartitionedSource(
            settings.withPartitionStore(store), Subscriptions.balanced())
        .mapAsyncUnordered(
            PARTITIONS,
            partition ->
                storedCount(store, partition.first())
                    .thenCompose(
                        stored ->
                            partition
                                .second()
                                .statefulMap(
                                    () -> stored,
                                    (count, order) -> {
                                      long number = count + 1;
                                      counted.accept(order, number);
                                      return Pair.create(
                                          number,
                                          order
                                              .committableOffset()
                                              .withMetadata(Map.of(COUNT, String.valueOf(number))));
                                    },
                                    count -> Optional.empty())
                                .runWith(Committer.sink(committer), system)))
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(system);
  }

  /** The partition is owned when its source is there, so that nobody else writes its checkpoint. */
  private static CompletionStage<Long> storedCount(
      PartitionStore store, EventHubPartition partition) {
    return store
        .readCheckpoint(partition)
        .thenApply(
            checkpoint ->
                checkpoint.map(found -> found.metadata().get(COUNT)).map(Long::valueOf).orElse(0L));
  }

  /** Counts twenty orders of an embedded event hub, in two runs of the stream. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      for (int streamNumber = 1; streamNumber <= 2; streamNumber++) {
        services.sendOrders(10);
        Consumer.DrainingControl<Done> control =
            run(
                services.system(),
                services.consumerSettings(),
                services.partitionStore(),
                (order, number) ->
                    services.print(
                        "%s is number %d of partition %s"
                            .formatted(
                                order.event().getBodyAsString(),
                                number,
                                order.partition().partitionId())));
        services.awaitLines(10);
        SampleServices.join(control.drainAndShutdown());
      }
    }
  }
}
