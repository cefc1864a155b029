// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.javadsl.SendProducer;
import io.github.pekkoeventhubs.testkit.audit.AuditedNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.javadsl.RestartSource;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;

/** The streams that the guides recommend, each started on a node of an audit. */
final class GoodStreams {

  private GoodStreams() {}

  private static DocumentedStreams documented(AuditedNode node) {
    return new DocumentedStreams(
        node.system(),
        node.consumerSettings(),
        node.committerSettings(),
        node.subscription(),
        new AuditedOrders(node));
  }

  static Object merged(AuditedNode node) {
    return documented(node).merged();
  }

  static Object batches(AuditedNode node) {
    return documented(node).batches();
  }

  static Object partitioned(AuditedNode node) {
    return documented(node).partitioned();
  }

  static Object restarted(AuditedNode node) {
    return documented(node).restarted();
  }

  static Object unordered(AuditedNode node) {
    return documented(node).unordered();
  }

  static Object skipping(AuditedNode node) {
    return documented(node)
        .skipping()
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl)
        .run(node.system());
  }

  static Object skippingWithContext(AuditedNode node) {
    return documented(node).skippingWithContext();
  }

  static Object splitting(AuditedNode node) {
    return documented(node)
        .splitting()
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl)
        .run(node.system());
  }

  static Object grouping(AuditedNode node) {
    return documented(node)
        .grouping()
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl)
        .run(node.system());
  }

  static Object nextOffsetObserved(AuditedNode node) {
    var committing = node.committerSettings().withWhen(CommitWhen.NEXT_OFFSET_OBSERVED);
    return Consumer.committablePartitionedSource(node.consumerSettings(), node.subscription())
        .mapAsyncUnordered(
            1_000,
            partition ->
                partition
                    .second()
                    .mapAsync(1, event -> node.process(event).thenApply(done -> event))
                    .mapConcat(event -> List.of(event, event))
                    .map(CommittableEvent::committableOffset)
                    .runWith(Committer.sink(committing), node.system()))
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(node.system());
  }

  static Object writingFailuresElsewhere(AuditedNode node) {
    return Consumer.committableSource(node.consumerSettings(), node.subscription())
        .mapAsync(
            8,
            event ->
                node.process(event)
                    .exceptionally(
                        failure -> {
                          node.processed(event);
                          return Done.getInstance();
                        })
                    .thenApply(done -> event.committableOffset()))
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl)
        .run(node.system());
  }

  static Object onTheStreamsThread(AuditedNode node) {
    return Consumer.committableSource(node.consumerSettings(), node.subscription())
        .map(node::processNow)
        .map(CommittableEvent::committableOffset)
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl)
        .run(node.system());
  }

  static RunnableGraph<?> withoutAControl(AuditedNode node) {
    return RestartSource.onFailuresWithBackoff(
            RestartSettings.create(Duration.ofMillis(100), Duration.ofSeconds(1), 0.2),
            () ->
                Consumer.committableSource(node.consumerSettings(), node.subscription())
                    .mapAsync(
                        8,
                        event -> node.process(event).thenApply(done -> event.committableOffset()))
                    .via(Committer.flow(node.committerSettings())))
        .to(Sink.ignore());
  }

  static RunnableGraph<?> hubToHub(AuditedNode node) {
    return Consumer.committableSource(node.consumerSettings(), node.subscription())
        .map(
            event ->
                ProducerMessage.single(
                    new EventData("invoice of " + event.event().getBodyAsString()),
                    Route.roundRobin(),
                    event.committableOffset()))
        .toMat(
            Producer.committableSink(node.producerSettings(), node.committerSettings()),
            Consumer::createDrainingControl);
  }

  static Object sendingOneByOne(AuditedNode node) {
    SendProducer producer = SendProducer.create(node.producerSettings(), node.system());
    return Consumer.committableSource(node.consumerSettings(), node.subscription())
        .mapAsync(
            8,
            event ->
                producer
                    .send(event.event(), Route.roundRobin())
                    .thenApply(sent -> event.committableOffset()))
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl)
        .run(node.system());
  }

  /** A database that keeps the last number of each partition with its results. */
  static final class OwnPositions {
    private final Map<EventHubPartition, Long> stored = new ConcurrentHashMap<>();

    Object start(AuditedNode node) {
      return Consumer.plainPartitionedManualOffsetSource(
              node.consumerSettings(), node.subscription(), this::positions)
          .mapAsyncUnordered(
              1_000,
              partition ->
                  partition
                      .second()
                      .mapAsync(
                          1,
                          event ->
                              node.process(event)
                                  .thenApply(
                                      done ->
                                          stored.merge(
                                              partition.first(),
                                              event.getData().getSequenceNumber(),
                                              Math::max)))
                      .runWith(Sink.ignore(), node.system()))
          .toMat(Sink.ignore(), Consumer::createDrainingControl)
          .run(node.system());
    }

    private CompletionStage<Map<EventHubPartition, EventPosition>> positions(
        Set<EventHubPartition> partitions) {
      Map<EventHubPartition, EventPosition> found = new HashMap<>();
      for (EventHubPartition partition : partitions) {
        Long last = stored.get(partition);
        if (last != null) {
          found.put(partition, EventPosition.fromSequenceNumber(last));
        }
      }
      return CompletableFuture.completedFuture(found);
    }
  }

  /** The functions of the documented streams, done as the audit wants it. */
  private static final class AuditedOrders implements DocumentedStreams.Orders {

    private final AuditedNode node;
    private final Map<String, EventData> events = new ConcurrentHashMap<>();

    AuditedOrders(AuditedNode node) {
      this.node = node;
    }

    @Override
    public CompletionStage<Done> book(CommittableEvent event) {
      return node.process(event);
    }

    @Override
    public CompletionStage<Done> bookAll(List<CommittableEvent> batch) {
      return node.processAll(batch);
    }

    @Override
    public boolean isOfInterest(CommittableEvent event) {
      return event.sequenceNumber() % 5 == 0;
    }

    /** No, one or two parcels. */
    @Override
    public List<Parcel> parcelsOf(CommittableEvent order) {
      String name = order.event().getBodyAsString();
      events.put(name, order.event());
      return List.of(new Parcel(name, "book"), new Parcel(name, "record"))
          .subList(0, (int) (order.sequenceNumber() % 3));
    }

    @Override
    public CompletionStage<Done> ship(Parcel parcel) {
      return node.process(Objects.requireNonNull(events.get(parcel.order())), parcel.content());
    }

    @Override
    public Optional<String> parsed(PartitionEvent event) {
      String name = event.getData().getBodyAsString();
      events.put(name, event.getData());
      return event.getData().getSequenceNumber() % 5 == 0 ? Optional.of(name) : Optional.empty();
    }

    @Override
    public CompletionStage<Done> store(String parsed) {
      return node.process(Objects.requireNonNull(events.get(parsed)));
    }

    @Override
    public CompletionStage<Map<EventHubPartition, EventPosition>> positions(
        Set<EventHubPartition> partitions) {
      return CompletableFuture.completedFuture(Map.of());
    }

    @Override
    public CompletionStage<Done> storePositions(Set<EventHubPartition> partitions) {
      return CompletableFuture.completedFuture(Done.getInstance());
    }
  }
}
