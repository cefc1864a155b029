// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerNumber;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The properties of its trace, in what is sent of an event. */
class OutgoingEventTraceTest {

  private static final Map<String, String> TRACE = Map.of("traceparent", "00-1-2-01");

  private final Routed original = new Routed(new EventData("a"), Route.roundRobin());
  private final OutgoingEvent event = new OutgoingEvent(null, original);

  private EventData sent() {
    return event.current().orElseThrow().event();
  }

  @Test
  void withoutATraceTheEventItselfIsSentAndCountsNothingMore() {
    long size = event.size();
    long footprint = event.footprint();

    event.trace(Map.of());

    assertThat(sent()).isSameAs(original.event());
    assertThat(event.size()).isEqualTo(size);
    assertThat(event.footprint()).isEqualTo(footprint);
  }

  @Test
  void aCopyHasTheTraceAndCountsForBatchesAndForMemory() {
    long size = event.size();
    long footprint = event.footprint();

    event.trace(TRACE);

    assertThat(sent().getProperties()).containsEntry("traceparent", "00-1-2-01");
    assertThat(sent().getBodyAsString()).isEqualTo("a");
    assertThat(original.event().getProperties()).isEmpty();
    assertThat(event.size() - size)
        .isGreaterThanOrEqualTo("traceparent".length() + "00-1-2-01".length());
    assertThat(event.footprint()).isGreaterThan(footprint);
  }

  @Test
  void aPropertyThatTheApplicationHasWrittenIsKeptAndNotCounted() {
    EventData given = new EventData("a");
    given.getProperties().put("baggage", "customer=7");
    OutgoingEvent own = new OutgoingEvent(null, new Routed(given, Route.roundRobin()));
    event.trace(TRACE);
    long added = event.size() - new OutgoingEvent(null, original).size();
    long size = own.size();

    own.trace(Map.of("traceparent", "00-1-2-01", "baggage", "of=the trace"));

    assertThat(own.current().orElseThrow().event().getProperties())
        .containsEntry("baggage", "customer=7")
        .containsEntry("traceparent", "00-1-2-01");
    assertThat(own.size() - size).isEqualTo(added);
  }

  @Test
  void aReplacementHasTheTraceToo() {
    event.trace(TRACE);
    EventData replacement = new EventData("shorter");

    event.replace(Optional.of(replacement));

    assertThat(sent().getBodyAsString()).isEqualTo("shorter");
    assertThat(sent().getProperties()).containsEntry("traceparent", "00-1-2-01");
    assertThat(replacement.getProperties()).isEmpty();
  }

  @Test
  void aTraceThatTheReplacementHasIsKept() {
    event.trace(TRACE);
    EventData replacement = new EventData("shorter");
    replacement.getProperties().put("traceparent", "its own");

    event.replace(Optional.of(replacement));

    assertThat(sent().getProperties()).containsEntry("traceparent", "its own");
  }

  @Test
  void aNumberAndATraceGoTogether() {
    event.number(new ProducerNumber("producer", 7));
    event.trace(TRACE);

    assertThat(ProducerNumber.of(sent())).isPresent();
    assertThat(sent().getProperties()).containsEntry("traceparent", "00-1-2-01");
  }
}
