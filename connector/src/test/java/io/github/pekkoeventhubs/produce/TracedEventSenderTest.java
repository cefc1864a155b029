// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.tracing.Tracer;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.tracing.BatchTrace;
import io.github.pekkoeventhubs.tracing.ProducerTracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the tracing is told of events and of attempts to send them. */
class TracedEventSenderTest {

  private final FakeSender fake = new FakeSender(1000);
  private final List<String> told = new ArrayList<>();
  private final TracedEventSender sender = new TracedEventSender(fake, new Recording());

  /** Writes down what it is told. */
  private final class Recording implements ProducerTracing {

    @Override
    public Map<String, String> created(
        EventData event, @Nullable Object origin, @Nullable Object caller) {
      told.add("created " + event.getBodyAsString() + " by " + origin + " or " + caller);
      return Map.of("traceparent", "00-1-2-01");
    }

    @Override
    public BatchTrace batch(@Nullable String partitionId) {
      told.add("batch to " + partitionId);
      return new BatchTrace() {
        @Override
        public void added(EventData event) {
          told.add("added " + event.getBodyAsString());
        }

        @Override
        public Consumer<@Nullable Throwable> sending() {
          told.add("sending");
          return failure -> told.add("ended with " + failure);
        }
      };
    }
  }

  private static Routed routed(EventData event) {
    return new Routed(event, Route.partitionId("3"));
  }

  private EventSender.EventBatch batch(String... bodies) {
    EventSender.EventBatch batch =
        sender.openBatch(Destination.partition("3")).toCompletableFuture().join();
    for (String body : bodies) {
      assertThat(batch.tryAdd(routed(new EventData(body)))).isTrue();
    }
    return batch;
  }

  @Test
  void anEventTellsItsReceiversOfItsTraceAndTheApplicationsStaysAsItIs() {
    EventData given = new EventData("a");
    List<OutgoingEvent> taken = new ArrayList<>();

    sender
        .intake(taken::add, "the caller")
        .accept(new OutgoingEvent(null, routed(given), "the element"));

    assertThat(told).containsExactly("created a by the element or the caller");
    assertThat(given.getProperties()).isEmpty();
    assertThat(taken).hasSize(1);
    assertThat(taken.get(0).current().orElseThrow().event().getProperties())
        .containsEntry("traceparent", "00-1-2-01");
  }

  @Test
  void aParentThatWasGivenInTheWayOfTheSdkComesFirst() {
    EventData given = new EventData("a");
    given.addContext(Tracer.PARENT_TRACE_CONTEXT_KEY, "the given parent");

    sender.intake(event -> {}, null).accept(new OutgoingEvent(null, routed(given), "the element"));

    assertThat(told).containsExactly("created a by the given parent or null");
  }

  @Test
  void eachAttemptEndsWithItsOwnOutcomeAndTheCauseIsUnwrapped() {
    EventSender.EventBatch batch = batch("a", "b");
    var first = batch.send();
    fake.nextAttempt().fail(new CompletionException(new IllegalStateException("refused")));
    assertThat(first.toCompletableFuture()).isCompletedExceptionally();
    var second = batch.send();
    fake.nextAttempt().acknowledge();

    assertThat(second.toCompletableFuture()).isCompleted();
    assertThat(told)
        .containsExactly(
            "batch to 3",
            "added a",
            "added b",
            "sending",
            "ended with java.lang.IllegalStateException: refused",
            "sending",
            "ended with null");
  }

  @Test
  void anEventThatDoesNotFitIsNotInTheBatchAndABatchThatCannotBeOpenedHasNoTrace() {
    EventSender.EventBatch batch = batch("a");
    assertThat(batch.tryAdd(routed(new EventData("b".repeat(1001))))).isFalse();
    fake.failNextOpening(new IllegalStateException("no connection"));
    assertThat(sender.openBatch(Destination.any()).toCompletableFuture())
        .isCompletedExceptionally();

    assertThat(told).containsExactly("batch to 3", "added a");
  }
}
