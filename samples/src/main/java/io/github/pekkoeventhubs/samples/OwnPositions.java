// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Keeps the positions in your own database, in one transaction with the results, so that the result
 * of each event is stored exactly once. Nothing is committed to Blob Storage.
 */
public final class OwnPositions {

  /** More partitions than an event hub has. */
  private static final int PARTITIONS = 2_048;

  /** The methods that the database needs. */
  public interface Database {

    /**
     * Stores the result of the event together with its sequence number, in one transaction. Does
     * nothing if the stored number of the partition is not smaller: then a previous owner of the
     * partition has stored the event already.
     */
    CompletionStage<Done> store(EventHubPartition partition, PartitionEvent event);

    /** The sequence number of the last event of the partition that was stored. */
    CompletionStage<Optional<Long>> lastStored(EventHubPartition partition);
  }

  private OwnPositions() {}

  /** Stores the result of each event. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system, ConsumerSettings settings, Database database) {
    return Consumer.plainPartitionedManualOffsetSource(
            settings, Subscriptions.balanced(), assigned -> positions(database, assigned))
        .mapAsyncUnordered(
            PARTITIONS,
            partition ->
                partition
                    .second()
                    .mapAsync(1, event -> database.store(partition.first(), event))
                    .runWith(Sink.ignore(), system))
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(system);
  }

  /** Where to begin: after the last event that is stored; partitions come one at a time. */
  private static CompletionStage<Map<EventHubPartition, EventPosition>> positions(
      Database database, Set<EventHubPartition> assigned) {
    CompletionStage<Map<EventHubPartition, EventPosition>> positions =
        CompletableFuture.completedFuture(new HashMap<>());
    for (EventHubPartition partition : assigned) {
      positions =
          positions.thenCombine(
              database.lastStored(partition),
              (found, last) -> {
                last.ifPresent(
                    number -> found.put(partition, EventPosition.fromSequenceNumber(number)));
                return found;
              });
    }
    return positions;
  }

  /** A database in memory. */
  static final class InMemory implements Database {
    private final Map<EventHubPartition, Long> numbers = new ConcurrentHashMap<>();
    private final java.util.function.Consumer<String> results;

    InMemory(java.util.function.Consumer<String> results) {
      this.results = results;
    }

    @Override
    public CompletionStage<Done> store(EventHubPartition partition, PartitionEvent event) {
      long number = event.getData().getSequenceNumber();
      numbers.compute(
          partition,
          (key, last) -> {
            if (last != null && last >= number) {
              return last;
            }
            results.accept(event.getData().getBodyAsString());
            return number;
          });
      return CompletableFuture.completedFuture(Done.getInstance());
    }

    @Override
    public CompletionStage<Optional<Long>> lastStored(EventHubPartition partition) {
      return CompletableFuture.completedFuture(Optional.ofNullable(numbers.get(partition)));
    }
  }

  /** Stores twenty orders of an embedded event hub, in two runs of the stream. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      Database database = new InMemory(order -> services.print("stored " + order));
      for (int streamNumber = 1; streamNumber <= 2; streamNumber++) {
        services.sendOrders(10);
        Consumer.DrainingControl<Done> control =
            run(services.system(), services.consumerSettings(), database);
        services.awaitLines(10);
        SampleServices.join(control.drainAndShutdown());
      }
    }
  }
}
