// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.testkit.ConsumerResultFactory;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which spans of a partition end when, and what a checkpoint is linked to. */
class PartitionSpansTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns", "orders", "billing", "0");
  private static final AttributeKey<Long> NUMBER =
      AttributeKey.longKey("pekko.eventhubs.sequence_number");

  private static final Instant ENQUEUED = Instant.parse("2026-01-01T00:00:00Z");

  private final InMemorySpanExporter finished = InMemorySpanExporter.create();

  private PartitionSpans spans(
      Acknowledgement acknowledgement, Sampler sampler, SpanProcessor... more) {
    SdkTracerProviderBuilder builder =
        SdkTracerProvider.builder()
            .setSampler(sampler)
            .addSpanProcessor(SimpleSpanProcessor.create(finished));
    List.of(more).forEach(builder::addSpanProcessor);
    return new PartitionSpans(
        builder.build().get("test"), TraceProperties.ofTraceContext(), PARTITION, acknowledgement);
  }

  private PartitionSpans spans(Acknowledgement acknowledgement) {
    return spans(acknowledgement, Sampler.alwaysOn());
  }

  private static ReceivedEvent emit(PartitionSpans spans, long sequenceNumber) {
    ReceivedEvent trace =
        spans.trace(
            ConsumerResultFactory.partitionEvent(
                PARTITION, sequenceNumber, "offset " + sequenceNumber, ENQUEUED, "body"));
    trace.emitted();
    return trace;
  }

  private List<SpanData> named(String name) {
    return finished.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .toList();
  }

  private List<Long> ended() {
    return named("process orders").stream()
        .map(span -> Objects.requireNonNull(span.getAttributes().get(NUMBER)))
        .toList();
  }

  @Test
  void inOrderAnAcknowledgementEndsAllBeforeItToo() {
    PartitionSpans spans = spans(Acknowledgement.ORDERED);
    emit(spans, 5);
    emit(spans, 7);
    emit(spans, 8);
    spans.acknowledged(7);

    assertThat(ended()).containsExactly(5L, 7L);
  }

  /** Fails at the end of each span. */
  private static final class FailingProcessor implements SpanProcessor {

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      throw new IllegalStateException("the processor fails at the end");
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }

  @Test
  void aSpanThatCannotEndKeepsNoOtherFromEnding() {
    PartitionSpans spans =
        spans(Acknowledgement.ORDERED, Sampler.alwaysOn(), new FailingProcessor());
    emit(spans, 5);
    emit(spans, 7);
    emit(spans, 8);
    emit(spans, 9);

    assertThatThrownBy(() -> spans.acknowledged(7)).hasMessage("the processor fails at the end");
    assertThat(ended()).containsExactly(5L, 7L);
    assertThatThrownBy(spans::ended).hasMessage("the processor fails at the end");
    assertThat(ended()).containsExactly(5L, 7L, 8L, 9L);
  }

  @Test
  void withoutOrderItEndsItsOwnAlone() {
    PartitionSpans spans = spans(Acknowledgement.UNORDERED);
    emit(spans, 5);
    emit(spans, 7);
    spans.acknowledged(7);
    spans.acknowledged(7);

    assertThat(ended()).containsExactly(7L);
  }

  @Test
  void aSkippedEventEndsAloneInEitherOrder() {
    PartitionSpans spans = spans(Acknowledgement.ORDERED);
    emit(spans, 5);
    emit(spans, 7);
    spans.skipped(7);

    assertThat(ended()).containsExactly(7L);
    assertThat(named("process orders").get(0).getStatus().getStatusCode())
        .isEqualTo(StatusCode.UNSET);
  }

  @Test
  void anEventThatIsEmittedAfterTheEndOfItsEpochLeavesNoOpenSpan() {
    PartitionSpans spans = spans(Acknowledgement.ORDERED);
    emit(spans, 5);
    spans.streamFailed();
    spans.ended();
    emit(spans, 6);
    spans.ended();

    assertThat(ended()).containsExactly(5L, 6L);
    assertThat(named("process orders").get(0).getStatus().getDescription())
        .contains("the stream has failed");
  }

  @Test
  void whatHasFailedBeforeKeepsItsReason() {
    PartitionSpans spans = spans(Acknowledgement.ORDERED);
    emit(spans, 5).failed(new IllegalStateException("no price"));
    spans.ended();

    assertThat(named("process orders").get(0).getStatus().getDescription()).isEqualTo("no price");
  }

  @Test
  void aCheckpointIsLinkedToTheEventsThatItIsTheFirstToInclude() {
    PartitionSpans spans = spans(Acknowledgement.ORDERED);
    for (long number = 0; number < 6; number++) {
      emit(spans, number);
    }
    spans.acknowledged(5);
    Consumer<@Nullable Throwable> refused = spans.storing(2);
    refused.accept(new IllegalStateException("busy"));
    spans.storing(3).accept(null);
    spans.storing(5).accept(null);

    assertThat(named("checkpoint orders"))
        .extracting(span -> span.getLinks().size())
        .containsExactly(3, 4, 2);
    assertThat(named("checkpoint orders"))
        .extracting(span -> span.getStatus().getStatusCode())
        .containsExactly(StatusCode.ERROR, StatusCode.UNSET, StatusCode.UNSET);
  }

  @Test
  void theLinksOfACheckpointAreBounded() {
    PartitionSpans spans = spans(Acknowledgement.ORDERED);
    for (long number = 0; number < 1000; number++) {
      emit(spans, number);
      spans.acknowledged(number);
    }
    spans.storing(999).accept(null);

    assertThat(named("checkpoint orders").get(0).getTotalRecordedLinks())
        .isEqualTo(MessagingSpans.MOST_LINKS);
  }

  @Test
  void anEventThatIsNotSampledHasAContextAllTheSame() {
    PartitionSpans spans = spans(Acknowledgement.ORDERED, Sampler.alwaysOff());
    ReceivedEvent event = emit(spans, 5);
    spans.acknowledged(5);

    assertThat(event.span().getSpanContext().isValid()).isTrue();
    assertThat(event.span().getSpanContext().isSampled()).isFalse();
    assertThat(ended()).isEmpty();
  }
}
