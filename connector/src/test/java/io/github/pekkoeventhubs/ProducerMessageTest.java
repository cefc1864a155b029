// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.NotUsed;
import org.junit.jupiter.api.Test;

class ProducerMessageTest {

  private static final EventData EVENT = new EventData("a");

  @Test
  void anEnvelopeHoldsItsEventsAndWhatPassesThrough() {
    Envelope<String> single = ProducerMessage.single(EVENT, Route.partitionKey("k"), "through");
    Envelope<NotUsed> bare = ProducerMessage.single(EVENT, Route.roundRobin());
    Envelope<String> nothing = ProducerMessage.passThrough("through");

    assertThat(single.events()).containsExactly(new Routed(EVENT, Route.partitionKey("k")));
    assertThat(single.passThrough()).isEqualTo("through");
    assertThat(bare.passThrough()).isSameAs(NotUsed.getInstance());
    assertThat(nothing.events()).isEmpty();
    assertThat(bare.withPassThrough(7).passThrough()).isEqualTo(7);
    assertThat(bare.withPassThrough(7).events()).isEqualTo(bare.events());
  }

  @Test
  void anEnvelopeKeepsACopyOfItsEvents() {
    List<Routed> events = new ArrayList<>(List.of(new Routed(EVENT, Route.roundRobin())));
    Envelope<Integer> envelope = ProducerMessage.multi(events, 1);

    events.clear();

    assertThat(envelope.events()).hasSize(1);
  }

  @Test
  void routesOfTheSameKeyOrPartitionAreEqual() {
    assertThat(Route.partitionKey("k")).isEqualTo(Route.partitionKey("k"));
    assertThat(Route.partitionKey("3")).isNotEqualTo(Route.partitionId("3"));
    assertThat(Route.roundRobin()).isEqualTo(Route.roundRobin()).hasToString("RoundRobin");
    assertThat(Route.partitionKey("k").ordered()).isTrue();
    assertThat(Route.partitionId("3").ordered()).isTrue();
    assertThat(Route.roundRobin().ordered()).isFalse();
  }

  @Test
  void aKeyHasTheLengthThatTheOfficialJavaClientAllows() {
    assertThat(Route.partitionKey("k".repeat(128)).ordered()).isTrue();
    // Characters, not bytes; those outside of the basic plane count as two.
    assertThat(Route.partitionKey("漢".repeat(128)).ordered()).isTrue();
    assertThat(Route.partitionKey("\uD83D\uDE00".repeat(64)).ordered()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Route.partitionKey("\uD83D\uDE00".repeat(65)))
        .withMessageContaining("130");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Route.partitionKey("k".repeat(129)))
        .withMessageContaining("129");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Route.partitionKey(""))
        .withMessageContaining("roundRobin");
    assertThatIllegalArgumentException().isThrownBy(() -> Route.partitionId(""));
  }

  @Test
  void resultsNameThePartitionWhereEveryEventNamedIt() {
    Routed toThree = new Routed(EVENT, Route.partitionId("3"));
    Routed toFour = new Routed(EVENT, Route.partitionId("4"));
    Routed byKey = new Routed(EVENT, Route.partitionKey("3"));

    assertThat(new Results<>(List.of(toThree, toThree), 1).partition()).contains("3");
    assertThat(new Results<>(List.of(toThree, toFour), 1).partition()).isEmpty();
    assertThat(new Results<>(List.of(toThree, byKey), 1).partition()).isEmpty();
    assertThat(new Results<>(List.of(byKey), 1).partition()).isEmpty();
    assertThat(new Results<>(List.of(), 1).partition()).isEmpty();
    assertThat(new Results<>(List.of(toThree, byKey), 1).events()).containsExactly(EVENT, EVENT);
  }
}
