// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.PartitionProperties;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;

/**
 * Partitions whose events are there already, and are handed over when they are asked for, on the
 * thread that asks, as the SDK does: all of the connector between the SDK and the user's code, and
 * nothing else. Each can be read as often as wanted, once at a time.
 */
public final class SyntheticPartitions {

  /** More than can be under way at a time, and few enough to stay in a cache. */
  private static final int DIFFERENT_EVENTS = 8 * 1024;

  private final ConsumerSettings settings;

  /** The sequence numbers of all events of a partition, as objects: the SDK makes them. */
  private final Long[] numbers;

  private final List<Received[]> bodies = new ArrayList<>();
  private final List<PartitionEvent[]> partitions = new ArrayList<>();

  /**
   * @param system the sources of this system get these events and no others from now on
   */
  public SyntheticPartitions(
      ActorSystem system,
      ConsumerSettings settings,
      int partitions,
      int eventsPerPartition,
      int bodyBytes) {
    this.settings = settings;
    this.numbers = LongStream.range(0, eventsPerPartition).boxed().toArray(Long[]::new);
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
        received[i] = new Received(bodyBytes, numbers);
        events[i] = new PartitionEvent(context, received[i], null);
      }
      this.bodies.add(received);
      this.partitions.add(events);
    }
    EventHubServices.of(system).replace((given, ownerLevel) -> new Service());
  }

  /** Reads them all from the beginning, and does not end by itself. */
  public Source<CommittableEvent, BoundedControl> source() {
    return Source.fromGraph(
            MergedSource.committable(
                settings, Subscriptions.partitions("0"), (system, subscription) -> new AllAtOnce()))
        .mapMaterializedValue(lifetime -> new BoundedControl(lifetime, settings));
  }

  /** Begins all partitions when the stream starts, without a store. */
  private final class AllAtOnce implements Placement {

    @Override
    public @Nullable Long ownerLevel(ConsumerSettings consumerSettings) {
      return 0L;
    }

    @Override
    public void join(StreamOfGroup stream) {
      for (int i = 0; i < partitions.size(); i++) {
        stream
            .begin(
                SyntheticSessions.session(
                    stream.partition(Integer.toString(i)), settings.maxUncommitted()),
                SyntheticReadStarts.at(EventPosition.earliest()),
                () -> {})
            .attach(end -> {}, () -> {});
      }
    }

    @Override
    public CompletionStage<Done> leave(StreamOfGroup stream, String reason) {
      return CompletableFuture.completedFuture(Done.getInstance());
    }
  }

  private final class Service implements EventHubService {

    @Override
    public String namespace() {
      return "localhost";
    }

    @Override
    public String eventHub() {
      return settings.eventHubName();
    }

    @Override
    public Flux<PartitionEvent> receive(String partitionId, EventPosition from, int prefetchCount) {
      int partition = Integer.parseInt(partitionId);
      return Flux.from(subscriber -> subscriber.onSubscribe(new Delivery(partition, subscriber)));
    }

    @Override
    public CompletionStage<List<String>> partitionIds() {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletionStage<PartitionProperties> partitionProperties(String partitionId) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletionStage<PartitionEvent> firstEvent(String partitionId, EventPosition from) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public boolean hasSilentConnection(String partitionId) {
      return false;
    }

    @Override
    public void abandonConnection(String partitionId) {}

    @Override
    public void leaveConnection(String partitionId) {}

    @Override
    public CompletionStage<Void> close() {
      return CompletableFuture.completedFuture(null);
    }
  }

  /** Hands over what is asked for; one thread at a time. */
  private final class Delivery implements Subscription {
    private final Received[] received;
    private final PartitionEvent[] events;
    private final Subscriber<? super PartitionEvent> subscriber;
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean cancelled;

    // Used by the thread that delivers.
    private int sent;

    Delivery(int partition, Subscriber<? super PartitionEvent> subscriber) {
      this.received = bodies.get(partition);
      this.events = partitions.get(partition);
      this.subscriber = subscriber;
    }

    @Override
    public void request(long count) {
      if (requested.getAndAdd(count) != 0) {
        return;
      }
      long delivered = count;
      do {
        long end = Math.min(numbers.length, sent + delivered);
        for (; sent < end && !cancelled; sent++) {
          int slot = sent % DIFFERENT_EVENTS;
          received[slot].is(sent);
          subscriber.onNext(events[slot]);
        }
        delivered = requested.addAndGet(-delivered);
      } while (delivered > 0);
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  /**
   * An event as it comes from the service, which only the SDK can make. It is used again and again:
   * a reference that was written into such an old object would keep the collector busy.
   */
  private static final class Received extends EventData {
    private static final String OFFSET = "123456789";
    private final Long[] numbers;
    private int index;

    Received(int bodyBytes, Long[] numbers) {
      super(new byte[bodyBytes]);
      this.numbers = numbers;
    }

    /** It is the event at this place of its partition from now on. */
    void is(int newIndex) {
      index = newIndex;
    }

    @Override
    public Long getSequenceNumber() {
      return numbers[index];
    }

    @Override
    public String getOffsetString() {
      return OFFSET;
    }
  }
}
