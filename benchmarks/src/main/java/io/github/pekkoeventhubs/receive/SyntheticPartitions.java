// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.ownership.ConsumerStream;
import io.github.pekkoeventhubs.ownership.Placement;
import io.github.pekkoeventhubs.ownership.SyntheticSessions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * Partitions whose events are there already and are handed to the stage by a thread of our own, as
 * the SDK's does: the connector's stage with nothing before it. Each can be read as often as
 * wanted, once at a time.
 */
public final class SyntheticPartitions {

  private final ConsumerSettings settings;
  private final List<PartitionEvent[]> partitions = new ArrayList<>();

  /**
   * @param settings complete enough for a client to be built, which will not be used
   */
  public SyntheticPartitions(
      ConsumerSettings settings, int partitions, int eventsPerPartition, int bodyBytes) {
    this.settings = settings;
    for (int partition = 0; partition < partitions; partition++) {
      PartitionContext context =
          new PartitionContext(
              "localhost",
              settings.eventHubName(),
              settings.consumerGroup(),
              Integer.toString(partition));
      PartitionEvent[] events = new PartitionEvent[eventsPerPartition];
      for (int i = 0; i < eventsPerPartition; i++) {
        events[i] = new PartitionEvent(context, new Received(i, bodyBytes), null);
      }
      this.partitions.add(events);
    }
  }

  /** Reads them all from the beginning. */
  public Source<CommittableEvent, NotUsed> source() {
    return Source.fromGraph(
            MergedSource.committable(
                settings, Subscriptions.partitions("0"), (system, subscription) -> new Feed()))
        .mapMaterializedValue(handle -> NotUsed.getInstance());
  }

  private final class Feed implements Placement {
    private final List<PartitionIntake> intakes = new ArrayList<>();
    private volatile boolean stopped;

    @Override
    public @Nullable Long ownerLevel(ConsumerSettings consumerSettings) {
      return 0L;
    }

    @Override
    public void join(ConsumerStream stream) {
      for (int i = 0; i < partitions.size(); i++) {
        intakes.add(
            (PartitionIntake)
                stream.begin(
                    SyntheticSessions.session(
                        stream.partition(Integer.toString(i)), settings.maxUncommitted()),
                    EventPosition.earliest(),
                    () -> {}));
      }
      Thread thread = new Thread(this::feed, "synthetic-events");
      thread.setDaemon(true);
      thread.start();
    }

    private void feed() {
      int[] sent = new int[intakes.size()];
      int left = partitions.stream().mapToInt(events -> events.length).sum();
      while (left > 0 && !stopped) {
        int before = left;
        for (int i = 0; i < sent.length; i++) {
          PartitionIntake intake = intakes.get(i);
          PartitionEvent[] events = partitions.get(i);
          int end = (int) Math.min(events.length, intake.allowance());
          left -= Math.max(0, end - sent[i]);
          for (; sent[i] < end; sent[i]++) {
            intake.received(events[sent[i]], sent[i]);
          }
        }
        if (left == before) {
          Thread.onSpinWait();
        }
      }
    }

    @Override
    public CompletionStage<Done> leave(ConsumerStream stream, String reason) {
      stopped = true;
      return CompletableFuture.completedFuture(Done.getInstance());
    }
  }

  /** An event as it comes from the service, which only the SDK can make. */
  private static final class Received extends EventData {
    private final Long sequenceNumber;
    private final String offset;

    Received(long sequenceNumber, int bodyBytes) {
      super(new byte[bodyBytes]);
      this.sequenceNumber = sequenceNumber;
      this.offset = Long.toString(sequenceNumber * bodyBytes);
    }

    @Override
    public Long getSequenceNumber() {
      return sequenceNumber;
    }

    @Override
    public String getOffsetString() {
      return offset;
    }
  }
}
