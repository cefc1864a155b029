// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerNumber;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProducerNumbersTest {

  private static final EventHubPartition FIRST = new EventHubPartition("ns", "hub", "group", "0");
  private static final EventHubPartition SECOND = new EventHubPartition("ns", "hub", "group", "1");
  private static final Destination KEYS = Destination.keysOf("0");

  private final SeenNumbers seen = new SeenNumbers(2);

  private long nextSequenceNumber;

  private boolean recordedBefore(EventHubPartition partition, EventData event) {
    return seen.recordedBefore(partition, nextSequenceNumber++, event);
  }

  private static EventData event(String producer, long number) {
    return new ProducerNumber(producer, number).writeInto(new EventData("body"));
  }

  @Test
  void theNumbersOfADestinationRiseOneByOne() {
    SentNumbers numbers = new SentNumbers("me", 5);

    assertThat(numbers.next(KEYS)).isEqualTo(new ProducerNumber("me:keys", 5_000_000));
    assertThat(numbers.next(KEYS)).isEqualTo(new ProducerNumber("me:keys", 5_000_001));
    assertThat(numbers.next(Destination.partition("0")))
        .isEqualTo(new ProducerNumber("me:partition", 5_000_000));
  }

  @Test
  void theNumbersOfALaterRunAreGreater() {
    SentNumbers before = new SentNumbers("me", 5);
    before.next(KEYS);
    before.next(KEYS);

    assertThat(new SentNumbers("me", 6).next(KEYS).number())
        .isGreaterThan(before.next(KEYS).number());
  }

  @Test
  void whatIsNotGreaterThanAllBeforeIsARepetition() {
    assertThat(recordedBefore(FIRST, event("a", 1))).isFalse();
    assertThat(recordedBefore(FIRST, event("a", 2))).isFalse();
    assertThat(recordedBefore(FIRST, event("a", 2))).isTrue();
    assertThat(recordedBefore(FIRST, event("a", 1))).isTrue();
    assertThat(recordedBefore(FIRST, event("a", 3))).isFalse();
  }

  /** After a loss or a reset: it has not been acknowledged, or an operator wants it again. */
  @Test
  void whatTheStreamItselfReadsAgainIsNoRepetition() {
    for (int number = 1; number <= 4; number++) {
      recordedBefore(FIRST, event("a", number));
    }
    recordedBefore(FIRST, event("a", 4));

    nextSequenceNumber = 2;

    assertThat(recordedBefore(FIRST, event("a", 3))).isFalse();
    assertThat(recordedBefore(FIRST, event("a", 4))).isFalse();
    assertThat(recordedBefore(FIRST, event("a", 4))).as("sent twice").isTrue();
    assertThat(recordedBefore(FIRST, event("a", 5))).isFalse();
  }

  @Test
  void producersAndPartitionsHaveNumbersOfTheirOwn() {
    assertThat(recordedBefore(FIRST, event("a", 2))).isFalse();
    assertThat(recordedBefore(SECOND, event("a", 1))).isFalse();
    assertThat(recordedBefore(FIRST, event("b", 1))).isFalse();
  }

  @Test
  void anEventWithoutANumberIsNone() {
    assertThat(recordedBefore(FIRST, new EventData("body"))).isFalse();
    EventData half = new EventData("body");
    half.getProperties().put(ProducerNumber.ID_PROPERTY, "a");
    assertThat(recordedBefore(FIRST, half)).isFalse();
    assertThat(recordedBefore(FIRST, half)).isFalse();
  }

  @Test
  void theProducerThatWasNotHeardOfForLongestIsForgotten() {
    recordedBefore(FIRST, event("a", 1));
    recordedBefore(FIRST, event("b", 1));
    recordedBefore(FIRST, event("a", 2));
    recordedBefore(FIRST, event("c", 1));

    assertThat(recordedBefore(FIRST, event("a", 2))).isTrue();
    assertThat(recordedBefore(FIRST, event("b", 1))).isFalse();
  }

  @Test
  void anEventIsNumberedInACopyAndSoIsWhatReplacesIt() {
    EventData original = new EventData("body");
    OutgoingEvent event = new OutgoingEvent(null, new Routed(original, Route.partitionKey("k")));

    event.number(new ProducerNumber("a", 7));

    assertThat(original.getProperties()).isEmpty();
    assertThat(ProducerNumber.of(event.current().orElseThrow().event()))
        .contains(new ProducerNumber("a", 7));
    event.replace(Optional.of(new EventData("instead")));
    assertThat(ProducerNumber.of(event.current().orElseThrow().event()))
        .contains(new ProducerNumber("a", 7));
  }

  @Test
  void aNumberCountsInMemoryAndInTheBatchBeforeItIsThereAndOnlyOnce() {
    Routed routed = new Routed(new EventData("body"), Route.partitionKey("k"));
    OutgoingEvent event = new OutgoingEvent(null, routed);
    long size = event.size();
    long footprint = event.footprint();

    event.expectNumber("a");
    event.expectNumber("a");
    event.number(new ProducerNumber("a:keys", 7));

    long more = event.footprint() - footprint;
    assertThat(event.size() - size).isBetween(60L, 100L);
    assertThat(more).as("a copy with two properties").isBetween(800L, 1000L);
    event.trace(Map.of("traceparent", "00-1-2-01"));
    assertThat(event.footprint() - footprint - more).as("no second copy").isBetween(100L, 200L);
  }

  @Test
  void whatGetsNoNumberCountsNone() {
    for (Routed routed :
        List.of(
            new Routed(event("mine", 1), Route.partitionKey("k")),
            new Routed(new EventData("body"), Route.roundRobin()))) {
      OutgoingEvent event = new OutgoingEvent(null, routed);
      long footprint = event.footprint();

      event.expectNumber("a");

      assertThat(event.footprint()).isEqualTo(footprint);
    }
  }

  @Test
  void aSendOutsideOfAStreamCountsItsNumbersToo() {
    List<Routed> events = List.of(new Routed(new EventData("body"), Route.partitionKey("k")));

    assertThat(new PendingSend(events, Optional.of("a"), Runnable::run).footprint())
        .isGreaterThan(new PendingSend(events, Optional.empty(), Runnable::run).footprint());
  }

  @Test
  void aNumberThatTheApplicationGaveIsKept() {
    OutgoingEvent event =
        new OutgoingEvent(null, new Routed(event("mine", 1), Route.partitionKey("k")));

    event.number(new ProducerNumber("a", 7));

    assertThat(ProducerNumber.of(event.current().orElseThrow().event()))
        .contains(new ProducerNumber("mine", 1));
  }

  private static EventData received(String producer, long number) {
    EventData event = event(producer, number);
    event.getRawAmqpMessage().getMessageAnnotations().put("x-opt-sequence-number", 3L);
    return event;
  }

  @Test
  void theNumberOfAReceivedEventIsReplacedInWhatIsSentAndInWhatReplacesIt() {
    EventData received = received("before", 1);
    OutgoingEvent event = new OutgoingEvent(null, new Routed(received, Route.partitionKey("k")));

    event.number(new ProducerNumber("a", 7));

    assertThat(ProducerNumber.of(event.current().orElseThrow().event()))
        .contains(new ProducerNumber("a", 7));
    assertThat(ProducerNumber.of(received)).contains(new ProducerNumber("before", 1));
    event.replace(Optional.of(new EventData("instead")));
    assertThat(ProducerNumber.of(event.current().orElseThrow().event()))
        .contains(new ProducerNumber("a", 7));
  }

  @Test
  void withoutAnIdAReceivedEventIsSentWithoutANumber() {
    EventData sent = SendableEvent.of(received("before", 1), Route.roundRobin());

    assertThat(sent.getProperties())
        .doesNotContainKeys(ProducerNumber.ID_PROPERTY, ProducerNumber.NUMBER_PROPERTY);
  }

  @Test
  void theNumberOfAnEventIntoWhichTheApplicationHasWrittenAKeyIsKept() {
    EventData mine = event("mine", 1);
    mine.getRawAmqpMessage().getMessageAnnotations().put("x-opt-partition-key", "k");

    assertThat(ProducerNumber.of(SendableEvent.of(mine, Route.partitionKey("k"))))
        .contains(new ProducerNumber("mine", 1));
  }

  @Test
  void anEmptyIdIsRefused() {
    assertThatThrownBy(() -> new ProducerNumber(" ", 1)).hasMessageContaining("producerId");
  }
}
