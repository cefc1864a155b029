// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.PATIENCE;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.begin;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.eventually;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.isChildOf;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.isLinkedTo;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.named;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.javadsl.SendProducer;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.NamedEventHub;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The traces of real streams, on the embedded services, beside the SDK's own tracing. */
class LinkedTracesTest {

  /** First of all: the SDK's plug-in asks for the global one with its first client. */
  private static final OpenTelemetry OPEN_TELEMETRY = CollectedSpans.OPEN_TELEMETRY;

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create()
          .withEventHub("orders", 1)
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

  private static void send(TestEventHub hub, ActorSystem<?> system, EventData... events) {
    assertThat(
            Source.from(List.of(events))
                .runWith(Producer.plainSink(hub.producerSettings()), system)
                .toCompletableFuture())
        .succeedsWithin(PATIENCE);
  }

  private static Consumer.DrainingControl<Done> commit(TestEventHub hub, ActorSystem<?> system) {
    return Consumer.committableSource(hub.consumerSettings(), Subscriptions.balanced())
        .map(CommittableEvent::committableOffset)
        .toMat(
            Committer.sink(hub.committerSettings().withMaxInterval(Duration.ofMillis(100))),
            Consumer::createDrainingControl)
        .run(system);
  }

  private static void end(Consumer.DrainingControl<Done> control) {
    assertThat(control.drainAndShutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
  }

  @Test
  void anEventIsSeenFromItsSenderThroughTwoEventHubs(
      @NamedEventHub("orders") TestEventHub orders,
      @NamedEventHub("parcels") TestEventHub parcels,
      ActorSystem<?> system) {
    Span request = begin("request");
    try (Scope scope = request.makeCurrent()) {
      assertThat(scope).isNotNull();
      send(orders, system, new EventData("order 7"));
    }
    request.end();
    Consumer.DrainingControl<Done> forwarding =
        Consumer.committableSource(orders.consumerSettings(), Subscriptions.balanced())
            .mapAsync(
                4,
                EventHubsTracing.processing(
                    event -> {
                      CollectedSpans.TRACER.spanBuilder("price").startSpan().end();
                      return CompletableFuture.completedFuture(
                          ProducerMessage.single(
                              new EventData("parcel of order 7"),
                              Route.roundRobin(),
                              event.committableOffset()));
                    }))
            .toMat(
                Producer.committableSink(parcels.producerSettings(), orders.committerSettings()),
                Consumer::createDrainingControl)
            .run(system);
    Consumer.DrainingControl<Done> last = commit(parcels, system);
    eventually(() -> assertThat(named("process parcels")).hasSize(1));
    end(forwarding);
    end(last);

    SpanData created = only("create orders");
    SpanData processed = only("process orders");
    SpanData forwarded = only("create parcels");
    SpanData received = only("process parcels");
    assertThat(isChildOf(created, only("request"))).isTrue();
    assertThat(isChildOf(only("send orders"), created)).isTrue();
    assertThat(isChildOf(processed, created) && isLinkedTo(processed, created)).isTrue();
    assertThat(isChildOf(only("price"), processed)).isTrue();
    assertThat(isChildOf(forwarded, processed)).isTrue();
    assertThat(isChildOf(received, forwarded) && isLinkedTo(received, forwarded)).isTrue();
    assertThat(named("checkpoint orders")).anyMatch(write -> isLinkedTo(write, processed));
    assertThat(processed.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(CollectedSpans.open()).isZero();
    assertThat(CollectedSpans.names())
        .as("the SDK's plug-in is there, and adds nothing")
        .allMatch(
            name ->
                name.matches("request|price|(create|send|process|checkpoint) (orders|parcels)"));
  }

  @Test
  void spansHaveTheAttributesOfTheConventions(TestEventHub orders, ActorSystem<?> system) {
    send(orders, system, new EventData("a").setMessageId("17"), new EventData("b"));
    Consumer.DrainingControl<Done> control = commit(orders, system);
    eventually(() -> assertThat(named("process orders")).hasSize(2));
    end(control);

    SpanData process = named("process orders").get(0);
    assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(process.getAttributes().get(AttributeKey.longKey("pekko.eventhubs.sequence_number")))
        .isZero();
    assertThat(
            process
                .getAttributes()
                .get(AttributeKey.longKey("messaging.eventhubs.message.enqueued_time")))
        .isPositive();
    hasTexts(
        process,
        "messaging.system=eventhubs",
        "messaging.destination.name=" + orders.name(),
        "messaging.consumer.group.name=" + orders.consumerGroup(),
        "messaging.destination.partition.id=0",
        "messaging.operation.name=process",
        "messaging.operation.type=process",
        "messaging.message.id=17",
        "server.address=localhost");
    SpanData send = only("send orders");
    assertThat(send.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(send.getLinks()).hasSize(2);
    assertThat(send.getParentSpanId()).as("its events are of two traces").matches("0+");
    assertThat(send.getAttributes().get(AttributeKey.longKey("messaging.batch.message_count")))
        .isEqualTo(2);
    hasTexts(send, "messaging.operation.type=send", "server.address=localhost");
    assertThat(only("create orders", 2).getKind()).isEqualTo(SpanKind.PRODUCER);
    hasTexts(
        named("checkpoint orders").get(0),
        "messaging.operation.name=checkpoint",
        "messaging.operation.type=settle",
        "messaging.consumer.group.name=" + orders.consumerGroup());
  }

  private static SpanData only(String name, int number) {
    assertThat(named(name)).hasSize(number);
    return named(name).get(0);
  }

  private static SpanData only(String name) {
    return CollectedSpans.only(name);
  }

  private static void hasTexts(SpanData span, String... expected) {
    assertThat(span.getAttributes().asMap().entrySet())
        .extracting(entry -> entry.getKey().getKey() + "=" + entry.getValue())
        .contains(expected);
  }

  @Test
  void aSenderIsKnownByTheOlderPropertyToo(TestEventHub orders, ActorSystem<?> system) {
    EventData old = new EventData("from an older client");
    old.getProperties()
        .put("Diagnostic-Id", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    send(orders, system, old);
    Consumer.DrainingControl<Done> control = commit(orders, system);
    eventually(() -> assertThat(named("process orders")).hasSize(1));
    end(control);

    SpanData process = only("process orders");
    assertThat(process.getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(process.getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(named("create orders")).as("it has a context, which is kept").isEmpty();
    assertThat(only("send orders").getLinks().get(0).getSpanContext().getSpanId())
        .isEqualTo("b7ad6b7169203331");
  }

  @Test
  void theParentOfAnEventMayBeGivenWithIt(TestEventHub orders, ActorSystem<?> system) {
    Span mine = begin("mine");
    EventData event = new EventData("a");
    send(orders, system, EventHubsTracing.withParent(event, Context.root().with(mine)));
    mine.end();
    eventually(() -> assertThat(named("send orders")).hasSize(1));

    assertThat(isChildOf(only("create orders"), only("mine"))).isTrue();
    assertThat(event.getProperties()).as("the event of the application").isEmpty();
  }

  @Test
  void aProducerWithoutAStreamTakesTheContextOfItsCaller(
      TestEventHub orders, ActorSystem<?> system) {
    SendProducer producer = SendProducer.create(orders.producerSettings(), system);
    Span request = begin("request");
    CompletionStage<Done> sent;
    try (Scope scope = request.makeCurrent()) {
      assertThat(scope).isNotNull();
      sent = producer.send(new EventData("a"), Route.roundRobin());
    }
    assertThat(sent.toCompletableFuture()).succeedsWithin(PATIENCE);
    request.end();
    assertThat(producer.close().toCompletableFuture()).succeedsWithin(PATIENCE);

    assertThat(isChildOf(only("create orders"), only("request"))).isTrue();
  }

  @Test
  void anEventThatFailsSaysSoInItsSpan(TestEventHub orders, ActorSystem<?> system) {
    send(orders, system, new EventData("good"), new EventData("bad"), new EventData("waits"));
    CompletableFuture<Done> never = new CompletableFuture<>();
    CompletionStage<Done> stream =
        Consumer.committableSource(orders.consumerSettings(), Subscriptions.balanced())
            .mapAsync(
                1,
                EventHubsTracing.processing(
                    event ->
                        event.event().getBodyAsString().equals("bad")
                            ? never.thenApply(done -> event)
                            : CompletableFuture.completedFuture(event)))
            .map(CommittableEvent::committableOffset)
            .runWith(Committer.sink(orders.committerSettings()), system);
    eventually(() -> assertThat(named("process orders")).hasSize(1));
    never.completeExceptionally(new IllegalStateException("no price"));
    assertThat(stream.toCompletableFuture()).failsWithin(PATIENCE);
    eventually(() -> assertThat(CollectedSpans.open()).isZero());

    List<SpanData> failed =
        named("process orders").stream()
            .filter(span -> span.getStatus().getStatusCode() == StatusCode.ERROR)
            .toList();
    assertThat(failed).isNotEmpty();
    assertThat(failed)
        .anySatisfy(
            span -> {
              hasTexts(span, "error.type=java.lang.IllegalStateException");
              assertThat(span.getStatus().getDescription()).isEqualTo("no price");
              assertThat(span.getEvents())
                  .extracting(event -> event.getName())
                  .contains("exception");
            });
  }

  @Test
  void theSpansOfAPartitionThatIsGivenUpEndWithIt(TestEventHub orders, ActorSystem<?> system) {
    send(orders, system, new EventData("a"), new EventData("b"), new EventData("c"));
    Consumer.Control control =
        Consumer.committableSource(orders.consumerSettings(), Subscriptions.balanced())
            .to(Sink.foreach(event -> {}))
            .run(system);
    eventually(() -> assertThat(CollectedSpans.open()).isEqualTo(3));
    assertThat(control.shutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
    eventually(() -> assertThat(named("process orders")).hasSize(3));

    assertThat(named("process orders"))
        .allSatisfy(span -> hasTexts(span, "error.type=not_acknowledged"));
    assertThat(CollectedSpans.open()).isZero();
  }

  @Test
  void aStreamThatNeverAcknowledgesHasNoMoreSpansThanMayBeUncommitted(
      TestEventHub orders, ActorSystem<?> system) {
    EventData[] events = new EventData[60];
    for (int i = 0; i < events.length; i++) {
      events[i] = new EventData("event " + i);
    }
    send(orders, system, events);
    Consumer.Control control =
        Consumer.committableSource(
                orders.consumerSettings().withMaxUncommitted(20), Subscriptions.balanced())
            .to(Sink.foreach(event -> {}))
            .run(system);
    eventually(() -> assertThat(CollectedSpans.open()).isEqualTo(20));
    assertThat(control.isShutdown().toCompletableFuture()).isNotCompleted();
    assertThat(CollectedSpans.open()).isEqualTo(20);
    assertThat(control.shutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
    eventually(() -> assertThat(CollectedSpans.open()).isZero());
  }
}
