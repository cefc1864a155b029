// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerNumber;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProducerNumbersTest {

  private static final EventHubPartition FIRST = new EventHubPartition("ns", "hub", "group", "0");
  private static final EventHubPartition SECOND = new EventHubPartition("ns", "hub", "group", "1");
  private static final Destination KEYS = Destination.keysOf("0");

  private final SeenNumbers seen = new SeenNumbers(2);

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
    assertThat(seen.recordedBefore(FIRST, event("a", 1))).isFalse();
    assertThat(seen.recordedBefore(FIRST, event("a", 2))).isFalse();
    assertThat(seen.recordedBefore(FIRST, event("a", 2))).isTrue();
    assertThat(seen.recordedBefore(FIRST, event("a", 1))).isTrue();
    assertThat(seen.recordedBefore(FIRST, event("a", 3))).isFalse();
  }

  @Test
  void producersAndPartitionsHaveNumbersOfTheirOwn() {
    assertThat(seen.recordedBefore(FIRST, event("a", 2))).isFalse();
    assertThat(seen.recordedBefore(SECOND, event("a", 1))).isFalse();
    assertThat(seen.recordedBefore(FIRST, event("b", 1))).isFalse();
  }

  @Test
  void anEventWithoutANumberIsNone() {
    assertThat(seen.recordedBefore(FIRST, new EventData("body"))).isFalse();
    EventData half = new EventData("body");
    half.getProperties().put(ProducerNumber.ID_PROPERTY, "a");
    assertThat(seen.recordedBefore(FIRST, half)).isFalse();
    assertThat(seen.recordedBefore(FIRST, half)).isFalse();
  }

  @Test
  void theProducerThatWasNotHeardOfForLongestIsForgotten() {
    seen.recordedBefore(FIRST, event("a", 1));
    seen.recordedBefore(FIRST, event("b", 1));
    seen.recordedBefore(FIRST, event("a", 2));
    seen.recordedBefore(FIRST, event("c", 1));

    assertThat(seen.recordedBefore(FIRST, event("a", 2))).isTrue();
    assertThat(seen.recordedBefore(FIRST, event("b", 1))).isFalse();
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
  void aNumberThatTheApplicationGaveIsKept() {
    OutgoingEvent event =
        new OutgoingEvent(null, new Routed(event("mine", 1), Route.partitionKey("k")));

    event.number(new ProducerNumber("a", 7));

    assertThat(ProducerNumber.of(event.current().orElseThrow().event()))
        .contains(new ProducerNumber("mine", 1));
  }

  @Test
  void anEmptyIdIsRefused() {
    assertThatThrownBy(() -> new ProducerNumber(" ", 1)).hasMessageContaining("producerId");
  }
}
