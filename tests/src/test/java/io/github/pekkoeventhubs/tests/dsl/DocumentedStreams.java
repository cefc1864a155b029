// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.models.EventContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.storage.blob.BlobContainerAsyncClient;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CheckpointMigration;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.javadsl.RestartSource;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The streams that the documentation shows; {@link DocumentationTest} compares the two, and {@link
 * DocumentedRestartTest} runs those that are restarted.
 */
class DocumentedStreams {

  /** The functions of the application that the streams call. */
  interface Orders {
    CompletionStage<Done> book(CommittableEvent event);

    CompletionStage<Done> bookAll(List<CommittableEvent> events);

    /** What an order becomes. */
    record Parcel(String order, String content) {}

    CompletionStage<Done> ship(Parcel parcel);

    boolean isOfInterest(CommittableEvent event);

    List<Parcel> parcelsOf(CommittableEvent order);

    /** Empty if the event is of no interest. */
    Optional<String> parsed(PartitionEvent event);

    CompletionStage<Done> store(String parsed);

    CompletionStage<Map<EventHubPartition, EventPosition>> positions(
        Set<EventHubPartition> partitions);

    CompletionStage<Done> storePositions(Set<EventHubPartition> partitions);
  }

  private final ActorSystem<?> system;
  private final ConsumerSettings settings;
  private final CommitterSettings committerSettings;
  private final Subscription subscription;
  private final Orders orders;

  DocumentedStreams(
      ActorSystem<?> system,
      ConsumerSettings settings,
      CommitterSettings committerSettings,
      Subscription subscription,
      Orders orders) {
    this.system = system;
    this.settings = settings;
    this.committerSettings = committerSettings;
    this.subscription = subscription;
    this.orders = orders;
  }

  Consumer.DrainingControl<Done> merged() {
    // snippet: merged
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings, subscription)
            .mapAsync(8, event -> orders.book(event).thenApply(done -> event.committableOffset()))
            .toMat(Committer.sink(committerSettings), Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }

  Consumer.DrainingControl<Done> batches() {
    // snippet: batches
    Consumer.DrainingControl<Done> control =
        Consumer.processBatches(
                settings, subscription, 500, Duration.ofMillis(200), orders::bookAll)
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }

  Consumer.DrainingControl<Done> partitioned() {
    // snippet: partitioned
    Consumer.DrainingControl<Done> control =
        Consumer.committablePartitionedSource(settings, subscription)
            .mapAsyncUnordered(
                1000,
                partition ->
                    partition
                        .second()
                        .mapAsync(
                            1,
                            event ->
                                orders.book(event).thenApply(done -> event.committableOffset()))
                        .runWith(Committer.sink(committerSettings), system))
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }

  Source<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>, Consumer.Control> manual() {
    // snippet: manual
    var source =
        Consumer.committablePartitionedManualOffsetSource(
            settings, subscription, orders::positions, orders::storePositions);
    // end
    return source;
  }

  Consumer.DrainingControl<Done> restarted() {
    // snippet: restarted
    Consumer.RestartingControl restarting = Consumer.createRestartingControl();
    Consumer.DrainingControl<Done> control =
        RestartSource.onFailuresWithBackoff(
                RestartSettings.create(Duration.ofSeconds(1), Duration.ofSeconds(20), 0.2)
                    .withRestartOn(EventHubsException::mayHelpToRestart),
                () ->
                    Consumer.committableSource(settings, subscription)
                        .mapMaterializedValue(restarting::attach)
                        .mapAsync(
                            8,
                            event ->
                                orders.book(event).thenApply(done -> event.committableOffset()))
                        .via(Committer.flow(committerSettings)))
            .toMat(Sink.ignore(), (notUsed, done) -> restarting.draining(done))
            .run(system);
    // end
    return control;
  }

  void watch(Consumer.DrainingControl<Done> control) {
    // snippet: watched
    control
        .streamCompletion()
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                system.log().error("The stream of orders has failed", failure);
                CoordinatedShutdown.get(system).runAll(new StreamHasFailed());
              }
            });
    // end
  }

  // snippet: reason
  static final class StreamHasFailed implements CoordinatedShutdown.Reason {}

  // end

  Consumer.DrainingControl<Done> unordered() {
    // snippet: unordered
    ConsumerSettings unordered = settings.withAcknowledgement(Acknowledgement.UNORDERED);
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(unordered, subscription)
            .mapAsyncUnordered(
                64, event -> orders.book(event).thenApply(done -> event.committableOffset()))
            .toMat(Committer.sink(committerSettings), Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }

  Source<CommittableOffset, Consumer.Control> skipping() {
    // snippet: skipping
    Source<CommittableOffset, Consumer.Control> offsets =
        Consumer.committableSource(settings, subscription)
            .via(Committer.filter(orders::isOfInterest))
            .mapAsync(8, event -> orders.book(event).thenApply(done -> event.committableOffset()));
    // end
    return offsets;
  }

  Consumer.DrainingControl<Done> skippingWithContext() {
    // snippet: skippingWithContext
    Consumer.DrainingControl<Done> control =
        Consumer.sourceWithOffsetContext(settings, subscription)
            .via(Committer.collectWithOffsetContext(orders::parsed))
            .mapAsync(8, orders::store)
            .toMat(
                Committer.sinkWithOffsetContext(committerSettings), Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }

  Source<CommittableOffset, Consumer.Control> splitting() {
    // snippet: splitting
    Source<CommittableOffset, Consumer.Control> offsets =
        Consumer.committableSource(settings, subscription)
            .via(Committer.mapConcat(orders::parcelsOf))
            .mapAsync(8, pair -> orders.ship(pair.first()).thenApply(done -> pair.second()));
    // end
    return offsets;
  }

  Source<CommittableOffsetBatch, Consumer.Control> grouping() {
    // snippet: grouping
    Source<CommittableOffsetBatch, Consumer.Control> batches =
        Consumer.committableSource(settings, subscription)
            .groupedWithin(500, Duration.ofMillis(200))
            .mapAsync(
                1,
                events ->
                    orders
                        .bookAll(events)
                        .thenApply(
                            done ->
                                CommittableOffsetBatch.of(
                                    events.stream()
                                        .map(CommittableEvent::committableOffset)
                                        .toList())));
    // end
    return batches;
  }

  Consumer.DrainingControl<Done> afterAProcessor(
      BlobContainerAsyncClient container, String connectionString) {
    // snippet: takingOver
    ConsumerSettings sameNames =
        ConsumerSettings.create(system)
            .withConnectionString(connectionString)
            .withEventHubName("orders")
            .withConsumerGroup("billing")
            .withPartitionStore(BlobPartitionStore.create(container))
            .withInitialPosition(EventPosition.earliest());
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(sameNames, Subscriptions.clusterSharded())
            .mapAsync(8, event -> orders.book(event).thenApply(done -> event.committableOffset()))
            .toMat(Committer.sink(committerSettings), Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }

  EventProcessorClient processorOnOurStore(
      BlobPartitionStore store,
      String connectionString,
      java.util.function.Consumer<EventContext> processEvent) {
    // snippet: processorStore
    EventProcessorClient processor =
        new EventProcessorClientBuilder()
            .connectionString(connectionString, "orders")
            .consumerGroup("billing")
            .checkpointStore(store.asProcessorStore())
            .processEvent(processEvent)
            .processError(error -> {})
            .buildEventProcessorClient();
    // end
    return processor;
  }

  PartitionStore wrappedStore(CheckpointStore sdkStore) {
    // snippet: wrappedStore
    PartitionStore unfenced = PartitionStore.fromProcessorStore(sdkStore);
    // end
    return unfenced;
  }

  CompletionStage<Map<String, CheckpointMigration.Outcome>> afterPython(
      BlobContainerAsyncClient previewContainer, BlobPartitionStore store) {
    // snippet: pythonPreview
    CompletionStage<Map<String, CheckpointMigration.Outcome>> takenOver =
        CheckpointMigration.fromPythonPreview(previewContainer)
            .into(store, "my-namespace.servicebus.windows.net", "orders", "billing");
    // end
    return takenOver;
  }
}
