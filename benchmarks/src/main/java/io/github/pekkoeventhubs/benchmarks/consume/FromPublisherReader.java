// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import reactor.core.publisher.Flux;

/**
 * A stream as one would write it without the connector: {@code Source.fromPublisher} on the SDK's
 * Fluxes, and every few seconds a checkpoint of the last event of each partition.
 */
record FromPublisherReader(String name, Tuning tuning, Duration checkpointInterval)
    implements Reader {

  private static final int GROUP = 1000;

  @Override
  public Running start(ConsumeTask task, RateMeter meter) {
    List<EventHubConsumerAsyncClient> clients = task.clients(tuning);
    List<Flux<PartitionEvent>> partitions = new ArrayList<>();
    for (int i = 0; i < task.partitions(); i++) {
      partitions.add(
          clients
              .get(i % clients.size())
              .receiveFromPartition(Integer.toString(i), EventPosition.earliest()));
    }
    RateMeter.Counter counter = meter.counter();
    Checkpoints checkpoints = new Checkpoints(task);
    Source<PartitionEvent, NotUsed> source = Source.fromPublisher(Flux.merge(partitions));
    Pair<UniqueKillSwitch, CompletionStage<Done>> running =
        source
            .viaMat(KillSwitches.single(), Keep.right())
            .map(
                event -> {
                  counter.count();
                  return event;
                })
            .groupedWithin(GROUP, checkpointInterval)
            .mapAsync(1, checkpoints::store)
            .toMat(Sink.ignore(), Keep.both())
            .run(task.system());
    return () -> {
      running.first().shutdown();
      running.second().toCompletableFuture().join();
      clients.forEach(EventHubConsumerAsyncClient::close);
    };
  }

  /** Called for one group at a time. */
  private final class Checkpoints {
    private final ConsumeTask task;
    private final CheckpointStore store;
    private final Map<String, PartitionEvent> last = new HashMap<>();
    private long lastStored = System.nanoTime();

    Checkpoints(ConsumeTask task) {
      this.task = task;
      this.store = new BlobCheckpointStore(task.services().newContainer());
    }

    CompletionStage<Done> store(List<PartitionEvent> events) {
      for (PartitionEvent event : events) {
        last.put(event.getPartitionContext().getPartitionId(), event);
      }
      long now = System.nanoTime();
      List<Checkpoint> due = new ArrayList<>();
      if (now - lastStored >= checkpointInterval.toNanos()) {
        lastStored = now;
        last.values().forEach(event -> due.add(checkpoint(event)));
        last.clear();
      }
      return Flux.fromIterable(due)
          .flatMap(store::updateCheckpoint)
          .then()
          .thenReturn(Done.getInstance())
          .toFuture();
    }

    private Checkpoint checkpoint(PartitionEvent event) {
      return new Checkpoint()
          .setFullyQualifiedNamespace(event.getPartitionContext().getFullyQualifiedNamespace())
          .setEventHubName(task.eventHub())
          .setConsumerGroup(task.consumerGroup())
          .setPartitionId(event.getPartitionContext().getPartitionId())
          .setSequenceNumber(event.getData().getSequenceNumber())
          .setOffsetString(event.getData().getOffsetString());
    }
  }
}
