// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.continuity.MissedEvents.Hole;
import io.github.pekkoeventhubs.receive.TestEvents;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartingPointTest {

  private static String words(long sequenceNumber, String offset) {
    return new StartingPoint(
            EventPosition.earliest(),
            new AcknowledgedPosition(sequenceNumber, offset, Map.of(), ""),
            null,
            false)
        .inWords();
  }

  @Test
  void thePositionBeforeTheFirstEventIsTheBeginning() {
    assertThat(words(-1, "-1")).isEqualTo("from the beginning");
  }

  private static Continuity.Answer firstEvent(StartingPoint start, long sequenceNumber) {
    return start.continuity().judge(TestEvents.event(sequenceNumber), sequenceNumber);
  }

  @Test
  void anEventThatWasRemovedIsNotTakenForOneThatCameTwice() {
    StartingPoint start =
        new StartingPoint(
                EventPosition.fromOffsetString("o5"),
                new AcknowledgedPosition(5, "o5", Map.of(), ""),
                null,
                true)
            .missing(Hole.between(6, 9));

    assertThat(firstEvent(start, 10)).isEqualTo(Continuity.Answer.NEXT);
    assertThat(firstEvent(start, 9)).isEqualTo(Continuity.Answer.ANOTHER_LOG);
    assertThat(firstEvent(start, 0)).isEqualTo(Continuity.Answer.ANOTHER_LOG);
  }

  @Test
  void anEventBeforeTheBeginningIsNotTakenForOneThatCameTwice() {
    StartingPoint start =
        new StartingPoint(
            EventPosition.earliest(), new AcknowledgedPosition(9, "-1", Map.of(), ""), null, true);

    assertThat(firstEvent(start, 10)).isEqualTo(Continuity.Answer.NEXT);
    assertThat(firstEvent(start, 9)).isEqualTo(Continuity.Answer.ANOTHER_LOG);
    assertThat(firstEvent(start, 0)).isEqualTo(Continuity.Answer.ANOTHER_LOG);
  }

  @Test
  void anOffsetComesWithItsSequenceNumberWhereThatIsKnown() {
    assertThat(words(452, "61088")).isEqualTo("after offset 61088 (sequence number 452)");
    assertThat(words(SequenceNumbers.UNKNOWN, "61088")).isEqualTo("after offset 61088");
  }

  @Test
  void aSequenceNumberStandsAloneWhereThereIsNoOffset() {
    assertThat(words(452, "")).isEqualTo("after sequence number 452");
  }
}
