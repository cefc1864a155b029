// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.continuity.SyntheticReadStarts;
import io.github.pekkoeventhubs.ownership.Placement;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.ownership.SyntheticSessions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * Partitions whose events are there already and are handed to the stage by a thread of our own, as
 * the SDK's does: the connector's stage with nothing before it. Each can be read as often as
 * wanted, once at a time.
 */
public final class SyntheticPartitions {

  /** More than can be under way at a time. */
  private static final int DIFFERENT_EVENTS = 16 * 1024;

  /** A fraction of the time for which the events that wait keep the stage busy. */
  private static final long PAUSE_NANOS = 20_000;

  private final ConsumerSettings settings;
  private final int eventsPerPartition;
  private final List<Received[]> bodies = new ArrayList<>();
  private final List<PartitionEvent[]> partitions = new ArrayList<>();

  /**
   * @param settings complete enough for a client to be built, which will not be used
   */
  public SyntheticPartitions(
      ConsumerSettings settings, int partitions, int eventsPerPartition, int bodyBytes) {
    this.settings = settings;
    this.eventsPerPartition = eventsPerPartition;
    for (int partition = 0; partition < partitions; partition++) {
      PartitionContext context =
          new PartitionContext(
              "localhost",
              settings.eventHubName(),
              settings.consumerGroup(),
              Integer.toString(partition));
      Received[] received = new Received[DIFFERENT_EVENTS];
      PartitionEvent[] events = new PartitionEvent[DIFFERENT_EVENTS];
      for (int i = 0; i < DIFFERENT_EVENTS; i++) {
        received[i] = new Received(bodyBytes);
        events[i] = new PartitionEvent(context, received[i], null);
      }
      this.bodies.add(received);
      this.partitions.add(events);
    }
  }

  /** Reads them all from the beginning, and does not end by itself. */
  public Source<CommittableEvent, BoundedControl> source() {
    return Source.fromGraph(
            MergedSource.committable(
                settings, Subscriptions.partitions("0"), (system, subscription) -> new Feed()))
        .mapMaterializedValue(lifetime -> new BoundedControl(lifetime, settings));
  }

  private final class Feed implements Placement {
    private final List<PartitionIntake> intakes = new ArrayList<>();
    private volatile boolean stopped;

    @Override
    public @Nullable Long ownerLevel(ConsumerSettings consumerSettings) {
      return 0L;
    }

    @Override
    public void join(StreamOfGroup stream) {
      for (int i = 0; i < partitions.size(); i++) {
        intakes.add(
            (PartitionIntake)
                stream.begin(
                    SyntheticSessions.session(
                        stream.partition(Integer.toString(i)), settings.maxUncommitted()),
                    SyntheticReadStarts.at(EventPosition.earliest()),
                    () -> {}));
      }
      Thread thread = new Thread(this::feed, "synthetic-events");
      thread.setDaemon(true);
      thread.start();
    }

    private void feed() {
      int[] sent = new int[intakes.size()];
      int left = intakes.size() * eventsPerPartition;
      while (left > 0 && !stopped) {
        int before = left;
        for (int i = 0; i < sent.length; i++) {
          PartitionIntake intake = intakes.get(i);
          int end = (int) Math.min(eventsPerPartition, intake.allowance());
          left -= Math.max(0, end - sent[i]);
          for (; sent[i] < end; sent[i]++) {
            int slot = sent[i] % DIFFERENT_EVENTS;
            bodies.get(i)[slot].number(sent[i]);
            intake.received(partitions.get(i)[slot], sent[i]);
          }
        }
        if (left == before) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }

    @Override
    public CompletionStage<Done> leave(StreamOfGroup stream, String reason) {
      stopped = true;
      return CompletableFuture.completedFuture(Done.getInstance());
    }
  }

  /** An event as it comes from the service, which only the SDK can make. */
  private static final class Received extends EventData {
    private static final String OFFSET = "123456789";
    private Long sequenceNumber = 0L;

    Received(int bodyBytes) {
      super(new byte[bodyBytes]);
    }

    void number(long newNumber) {
      sequenceNumber = newNumber;
    }

    @Override
    public Long getSequenceNumber() {
      return sequenceNumber;
    }

    @Override
    public String getOffsetString() {
      return OFFSET;
    }
  }
}
