// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.PATIENCE;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.FailedConsumer;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.time.Duration;
import java.util.Collection;
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

/** Streams go on where a span processor or a propagator of the application throws. */
class FailingTracingTest {

  /** First of all: the SDK's plug-in asks for the global one with its first client. */
  private static final OpenTelemetry GLOBAL = CollectedSpans.OPEN_TELEMETRY;

  private static final CompletionStage<Done> AT_ONCE =
      CompletableFuture.completedFuture(Done.getInstance());

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create().withEventHub("orders", 1).withConsumerGroup("billing");

  private @Nullable EventHubsTracing tracing;

  @BeforeEach
  void forget() {
    assertThat(GLOBAL).isNotNull();
    CollectedSpans.forget();
  }

  @AfterEach
  void close() {
    if (tracing != null) {
      tracing.close();
    }
  }

  /** Throws at one end of the spans with this beginning of their names. */
  private record FailingProcessor(String prefix, boolean atStart) implements SpanProcessor {

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      if (atStart && span.getName().startsWith(prefix)) {
        throw new IllegalStateException("the processor fails at the start");
      }
    }

    @Override
    public boolean isStartRequired() {
      return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      if (!atStart && span.getName().startsWith(prefix)) {
        throw new IllegalStateException("the processor fails at the end");
      }
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }

  /** Neither writes nor reads. */
  private static final class FailingPropagator implements TextMapPropagator {

    @Override
    public Collection<String> fields() {
      return List.of();
    }

    @Override
    public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
      throw new IllegalStateException("the propagator cannot write");
    }

    @Override
    public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
      throw new IllegalStateException("the propagator cannot read");
    }
  }

  private void bindFailing(String prefix, boolean atStart, ActorSystem<?> system) {
    tracing =
        EventHubsTracing.bind(
            OpenTelemetrySdk.builder()
                .setTracerProvider(
                    SdkTracerProvider.builder()
                        .addSpanProcessor(new FailingProcessor(prefix, atStart))
                        .build())
                .build(),
            system);
  }

  private static CompletionStage<Done> send(
      TestEventHub hub, ActorSystem<?> system, EventData... events) {
    return Source.from(List.of(events)).runWith(Producer.plainSink(hub.producerSettings()), system);
  }

  private static Consumer.DrainingControl<Done> commit(
      TestEventHub hub, ActorSystem<?> system, CompletionStage<Done> work) {
    return Consumer.committableSource(hub.consumerSettings(), Subscriptions.balanced())
        .mapAsync(4, event -> work.thenApply(done -> event))
        .map(CommittableEvent::committableOffset)
        .toMat(
            Committer.sink(hub.committerSettings().withMaxInterval(Duration.ofMillis(100))),
            Consumer::createDrainingControl)
        .run(system);
  }

  /** Commits both events that the partition has, without a failure. */
  private static void commitsTwoEvents(TestEventHub orders, ActorSystem<?> system) {
    List<FailedConsumer> failedBefore = RunningStreams.of(system).failures();
    Consumer.DrainingControl<Done> control = commit(orders, system, AT_ONCE);
    orders.partition("0").within(PATIENCE).awaitCheckpoint(0);
    orders.send("0", "another");
    orders.partition("0").within(PATIENCE).awaitCheckpoint(1);
    assertThat(control.drainAndShutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
    assertThat(RunningStreams.of(system).failures()).isEqualTo(failedBefore);
  }

  @Test
  void aBatchThatTheServiceHasStoredIsNotSentAgainWhenItsSpanCannotEnd(
      TestEventHub orders, ActorSystem<?> system) {
    bindFailing("send", false, system);

    assertThat(send(orders, system, new EventData("a"), new EventData("b")).toCompletableFuture())
        .succeedsWithin(PATIENCE);
    assertThat(orders.lastSequenceNumber("0")).isEqualTo(1);
  }

  @Test
  void aBatchIsSentWhenItsSpanCannotBegin(TestEventHub orders, ActorSystem<?> system) {
    bindFailing("send", true, system);

    assertThat(send(orders, system, new EventData("a")).toCompletableFuture())
        .succeedsWithin(PATIENCE);
    assertThat(orders.lastSequenceNumber("0")).isZero();
  }

  @Test
  void aStreamGoesOnWhenTheSpanOfAnEventCannotBegin(TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "a");
    bindFailing("process", true, system);

    commitsTwoEvents(orders, system);
  }

  @Test
  void aStreamGoesOnWhenTheSpanOfAnEventCannotEnd(TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "a");
    bindFailing("process", false, system);

    commitsTwoEvents(orders, system);
  }

  @Test
  void aStreamGoesOnWhenTheSpanOfAStoredCheckpointCannotEnd(
      TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "a");
    bindFailing("checkpoint", false, system);

    commitsTwoEvents(orders, system);
  }

  @Test
  void eventsAreSentAndReceivedWhenThePropagatorFails(TestEventHub orders, ActorSystem<?> system) {
    OpenTelemetry openTelemetry =
        OpenTelemetrySdk.builder()
            .setPropagators(ContextPropagators.create(new FailingPropagator()))
            .build();
    tracing = EventHubsTracing.bind(openTelemetry, system);
    EventData event = new EventData("a");
    event.getProperties().put("name", "value");

    assertThat(send(orders, system, event).toCompletableFuture()).succeedsWithin(PATIENCE);
    commitsTwoEvents(orders, system);
  }

  /**
   * The work does not end in time, so the span of the event ends when the partition is given up.
   */
  @Test
  void aPartitionIsReleasedWhenTheSpanOfAnEventCannotEnd(
      TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "a");
    bindFailing("process", false, system);
    CompletableFuture<Done> work = new CompletableFuture<>();
    Consumer.DrainingControl<Done> control = commit(orders, system, work);
    eventually(
        () ->
            assertThat(control.status().partitions().values())
                .anyMatch(status -> status.inFlight() == 1));

    assertThat(control.shutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
    orders.partition("0").within(PATIENCE).awaitReleased();
    work.complete(Done.getInstance());
  }

  /** The function breaks the rule for functions on purpose. */
  @SuppressWarnings("NullAway")
  @Test
  void aFunctionThatReturnsNoStageIsNamedAndItsEventHasFailed(
      TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "a");
    tracing = EventHubsTracing.bind(CollectedSpans.OPEN_TELEMETRY, system);
    CompletionStage<Done> stream =
        Consumer.committableSource(orders.consumerSettings(), Subscriptions.balanced())
            .mapAsync(1, EventHubsTracing.<Done>processing(event -> null))
            .runWith(Sink.ignore(), system);

    assertThat(stream.toCompletableFuture())
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(NullPointerException.class)
        .withMessageContaining("EventHubsTracing.processing has returned null: return a");
    eventually(
        () ->
            assertThat(CollectedSpans.only("process orders").getAttributes().asMap())
                .containsEntry(
                    AttributeKey.stringKey("error.type"), "java.lang.NullPointerException"));
  }
}
