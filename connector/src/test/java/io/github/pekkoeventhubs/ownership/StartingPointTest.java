// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
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

  @Test
  void anOffsetComesWithItsSequenceNumberWhereThatIsKnown() {
    assertThat(words(452, "61088")).isEqualTo("after offset 61088 (sequence number 452)");
    assertThat(words(AcknowledgedPosition.UNKNOWN, "61088")).isEqualTo("after offset 61088");
  }

  @Test
  void aSequenceNumberStandsAloneWhereThereIsNoOffset() {
    assertThat(words(452, "")).isEqualTo("after sequence number 452");
  }
}
