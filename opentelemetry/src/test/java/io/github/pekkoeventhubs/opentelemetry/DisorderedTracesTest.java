// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.PATIENCE;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.eventually;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.isChildOf;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.isLinkedTo;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.storage.blob.BlobContainerClientBuilder;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.NamedEventHub;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Traces where events overtake each other, or their partition is taken away. */
class DisorderedTracesTest {

  private static final OpenTelemetry OPEN_TELEMETRY = CollectedSpans.OPEN_TELEMETRY;
  private static final int EVENTS = 6;

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create()
          .withEventHub("orders", 2)
          .withConsumerGroup("billing")
          .withEventHub("parcels", 1)
          .withConsumerGroup("billing");

  private @Nullable EventHubsTracing tracing;

  @BeforeEach
  void bind(ActorSystem<?> system) {
    CollectedSpans.forget();
    tracing = EventHubsTracing.bind(OPEN_TELEMETRY, system);
  }

  @AfterEach
  void close() {
    if (tracing != null) {
      tracing.close();
    }
  }

  private static void send(TestEventHub hub, ActorSystem<?> system, int events) {
    List<ProducerMessage.Routed> routed =
        IntStream.range(0, events)
            .mapToObj(
                i ->
                    new ProducerMessage.Routed(
                        new EventData("order").setMessageId("order " + i),
                        Route.partitionId(Integer.toString(i % 2))))
            .toList();
    assertThat(
            Source.from(routed)
                .runWith(Producer.routedSink(hub.producerSettings()), system)
                .toCompletableFuture())
        .succeedsWithin(PATIENCE);
  }

  private static String messageId(SpanData span) {
    return Objects.requireNonNull(
        span.getAttributes().get(AttributeKey.stringKey("messaging.message.id")));
  }

  private static SpanData parentOf(SpanData span, String name) {
    List<SpanData> parents =
        named(name).stream().filter(candidate -> isChildOf(span, candidate)).toList();
    assertThat(parents).hasSize(1);
    return parents.get(0);
  }

  /** The last event is answered first, and each output is another event's than its neighbours'. */
  @Test
  void eventsThatOvertakeEachOtherKeepTheirParentsAndLinks(
      @NamedEventHub("orders") TestEventHub orders,
      @NamedEventHub("parcels") TestEventHub parcels,
      ActorSystem<?> system) {
    send(orders, system, EVENTS);
    CollectedSpans.forget();
    Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> forwarding =
        Consumer.committableSource(
                orders.consumerSettings().withAcknowledgement(Acknowledgement.UNORDERED),
                Subscriptions.balanced())
            .mapAsyncUnordered(
                EVENTS,
                EventHubsTracing.<Envelope<CommittableOffset>>processing(
                    event -> answerLater(event, answers)))
            .toMat(
                Producer.committableSink(parcels.producerSettings(), orders.committerSettings()),
                Consumer::createDrainingControl)
            .run(system);
    Consumer.DrainingControl<Done> last =
        Consumer.committableSource(parcels.consumerSettings(), Subscriptions.balanced())
            .map(CommittableEvent::committableOffset)
            .toMat(Committer.sink(parcels.committerSettings()), Consumer::createDrainingControl)
            .run(system);
    eventually(() -> assertThat(answers).hasSize(EVENTS));
    List<Runnable> backwards = new ArrayList<>(answers);
    Collections.reverse(backwards);
    backwards.forEach(Runnable::run);
    eventually(() -> assertThat(named("process parcels")).hasSize(EVENTS));
    assertThat(forwarding.drainAndShutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
    assertThat(last.drainAndShutdown().toCompletableFuture()).succeedsWithin(PATIENCE);

    for (SpanData received : named("process parcels")) {
      SpanData created = parentOf(received, "create parcels");
      assertThat(isLinkedTo(received, created)).isTrue();
      SpanData processed = parentOf(created, "process orders");
      assertThat(messageId(processed)).isEqualTo(messageId(received));
      assertThat(processed.getAttributes().get(AttributeKey.stringKey("error.type"))).isNull();
    }
    Set<String> traces =
        named("process parcels").stream().map(SpanData::getTraceId).collect(Collectors.toSet());
    assertThat(traces).as("each event has the trace of its own sender").hasSize(EVENTS);
    assertThat(CollectedSpans.open()).isZero();
  }

  private static CompletionStage<Envelope<CommittableOffset>> answerLater(
      CommittableEvent event, Queue<Runnable> answers) {
    CompletableFuture<Envelope<CommittableOffset>> answer = new CompletableFuture<>();
    EventData parcel =
        new EventData("parcel").setMessageId(Objects.requireNonNull(event.event().getMessageId()));
    answers.add(
        () ->
            answer.complete(
                ProducerMessage.single(parcel, Route.roundRobin(), event.committableOffset())));
    return answer;
  }

  private static ConsumerSettings renewingOften(TestEventHub hub) {
    return hub.consumerSettings()
        .withHandoverTimeout(Duration.ofMillis(200))
        .withOwnership(
            new OwnershipSettings(
                Duration.ofMillis(300),
                Duration.ofMillis(100),
                Duration.ofSeconds(60),
                Duration.ofSeconds(90),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2)));
  }

  /** Waits for an answer for longer than a busy machine keeps it. */
  private static PartitionStore patientStore(TestEventHub hub) {
    return BlobPartitionStore.create(
        new BlobContainerClientBuilder()
            .connectionString(hub.blobConnectionString())
            .containerName(hub.container())
            .httpClient(BlobPartitionStore.httpClient())
            .buildAsyncClient(),
        Duration.ofSeconds(30));
  }

  /** The owner may renew its claim between the look and the write. */
  private static void claimAsSomebodyElse(PartitionStore store, EventHubPartition partition) {
    eventually(
        () -> {
          StoredOwnership record =
              store.readOwnership(partition).toCompletableFuture().join().orElseThrow();
          assertThat(
                  store
                      .replaceOwnership(record, "somebody-else", Map.of())
                      .toCompletableFuture()
                      .join())
              .isPresent();
        });
  }

  @Test
  void theSpansOfAPartitionThatIsTakenAwayEndWhileTheStreamRuns(
      @NamedEventHub("orders") TestEventHub orders, ActorSystem<?> system) {
    send(orders, system, 4);
    CollectedSpans.forget();
    ConsumerSettings settings = renewingOften(orders);
    Consumer.Control control =
        Consumer.committableSource(settings, Subscriptions.balanced())
            .to(Sink.foreach(event -> {}))
            .run(system);
    eventually(() -> assertThat(CollectedSpans.open()).isEqualTo(4));

    claimAsSomebodyElse(
        patientStore(orders),
        new EventHubPartition("localhost", orders.name(), orders.consumerGroup(), "1"));
    eventually(() -> assertThat(named("process orders")).hasSize(2));

    assertThat(named("process orders"))
        .allSatisfy(
            span -> {
              assertThat(
                      span.getAttributes()
                          .get(AttributeKey.stringKey("messaging.destination.partition.id")))
                  .isEqualTo("1");
              assertThat(span.getAttributes().get(AttributeKey.stringKey("error.type")))
                  .isEqualTo("not_acknowledged");
            });
    assertThat(CollectedSpans.open()).as("those of the other partition").isEqualTo(2);
    assertThat(control.isShutdown().toCompletableFuture()).isNotCompleted();
    assertThat(control.shutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
  }
}
