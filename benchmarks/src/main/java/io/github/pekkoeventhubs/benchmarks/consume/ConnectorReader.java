// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * The connector with checkpoints in Blob Storage. When it ends it is checked that each partition's
 * last event has been stored.
 *
 * @param partitioned whether each partition has a stream and a committer of its own
 * @param consumer the changes to the defaults of the consumer
 * @param committer the changes to the defaults of the committer
 */
record ConnectorReader(
    String name,
    boolean partitioned,
    UnaryOperator<ConsumerSettings> consumer,
    UnaryOperator<CommitterSettings> committer)
    implements Reader {

  private static final long PATIENCE_SECONDS = 30;

  @Override
  public Running start(ConsumeTask task, RateMeter meter) {
    PartitionStore store = BlobPartitionStore.create(task.services().newContainer());
    ConsumerSettings settings =
        consumer.apply(
            ConsumerSettings.create(task.system())
                .withConnectionString(task.services().eventHubs())
                .withEventHubName(task.eventHub())
                .withConsumerGroup(task.consumerGroup())
                .withInitialPosition(EventPosition.earliest())
                .withPartitionStore(store));
    CommitterSettings commits = committer.apply(CommitterSettings.create(task.system()));
    Subscription subscription =
        Subscriptions.partitions(task.partitionIds().toArray(new String[0]));
    Consumer.DrainingControl<Done> control =
        partitioned
            ? runPartitioned(task, meter, settings, commits, subscription)
            : runMerged(task, meter, settings, commits, subscription);
    return () -> {
      meter.awaitAll();
      control.drainAndShutdown().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      requireAllStored(task, store);
    };
  }

  private static Consumer.DrainingControl<Done> runMerged(
      ConsumeTask task,
      RateMeter meter,
      ConsumerSettings settings,
      CommitterSettings commits,
      Subscription subscription) {
    RateMeter.Counter counter = meter.counter();
    return Consumer.committableSource(settings, subscription)
        .map(
            event -> {
              counter.count();
              return event.committableOffset();
            })
        .toMat(Committer.sink(commits), Consumer::createDrainingControl)
        .run(task.system());
  }

  private static Consumer.DrainingControl<Done> runPartitioned(
      ConsumeTask task,
      RateMeter meter,
      ConsumerSettings settings,
      CommitterSettings commits,
      Subscription subscription) {
    return Consumer.committablePartitionedSource(settings, subscription)
        .mapAsyncUnordered(
            task.partitions(),
            partition -> {
              RateMeter.Counter counter = meter.counter();
              return partition
                  .second()
                  .map(
                      event -> {
                        counter.count();
                        return event.committableOffset();
                      })
                  .runWith(Committer.<CommittableOffset>sink(commits), task.system());
            })
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(task.system());
  }

  private static void requireAllStored(ConsumeTask task, PartitionStore store) throws Exception {
    Map<String, StoredCheckpoint> stored =
        store
            .listCheckpoints("localhost", task.eventHub(), task.consumerGroup())
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    for (String partitionId : task.partitionIds()) {
      StoredCheckpoint checkpoint = stored.get(partitionId);
      long last = checkpoint == null ? -1 : checkpoint.sequenceNumber().orElse(-1);
      if (last != task.eventsPerPartition() - 1) {
        throw new IncorrectResultException(
            "the checkpoint of partition "
                + partitionId
                + " is "
                + last
                + " after "
                + task.eventsPerPartition()
                + " events");
      }
    }
  }
}
