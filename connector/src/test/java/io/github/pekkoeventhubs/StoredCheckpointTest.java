// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredCheckpointTest {

  private static StoredCheckpoint checkpoint(String key, String value) {
    return new StoredCheckpoint(Map.of(key, value), "etag");
  }

  @Test
  void sequenceNumberAndOffsetAreReadFromTheirEntries() {
    StoredCheckpoint checkpoint =
        new StoredCheckpoint(StoredCheckpoint.entriesOf(42, "12:34:56"), "etag");

    assertThat(checkpoint.sequenceNumber()).hasValue(42);
    assertThat(checkpoint.offset()).contains("12:34:56");
  }

  @Test
  void aSequenceNumberMayBeNegativeAndSurroundedByBlanks() {
    assertThat(checkpoint("sequencenumber", " -1 ").sequenceNumber()).hasValue(-1);
  }

  @Test
  void anAbsentOrEmptySequenceNumberIsNone() {
    assertThat(checkpoint("offset", "7").sequenceNumber()).isEmpty();
    assertThat(checkpoint("sequencenumber", " ").sequenceNumber()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"seven", "7.5", "9223372036854775808"})
  void aSequenceNumberThatIsNoneIsUnreadable(String text) {
    assertThatThrownBy(() -> checkpoint("sequencenumber", text).sequenceNumber())
        .isInstanceOf(CheckpointUnreadableException.class)
        .hasMessageContaining("'sequencenumber' = '" + text + "', which is no number")
        .hasMessageContaining("correct its entries 'sequencenumber' and 'offset'");
  }

  @Test
  void anUnreadableOneSaysWhereItIs() {
    StoredCheckpoint unreadable =
        new StoredCheckpoint(
            Map.of("sequencenumber", "seven"), "etag", "blob 'ns/orders/billing/checkpoint/3'");

    assertThatThrownBy(unreadable::sequenceNumber)
        .isInstanceOf(CheckpointUnreadableException.class)
        .hasMessageContaining("the checkpoint in blob 'ns/orders/billing/checkpoint/3'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "no offset", "null"})
  void whatOtherWritersStoreForNoOffsetIsNone(String text) {
    assertThat(checkpoint("offset", text).offset()).isEmpty();
  }

  @Test
  void theEntriesCannotBeChangedFromOutside() {
    Map<String, String> entries = new HashMap<>(Map.of("offset", "7"));
    StoredCheckpoint checkpoint = new StoredCheckpoint(entries, "etag");

    entries.put("offset", "8");

    assertThat(checkpoint.offset()).contains("7");
  }

  @Test
  void metadataAreTheEntriesThatAreNotTheCheckpointsOwn() {
    Map<String, String> entries = new TreeMap<>(StoredCheckpoint.entriesOf(7, "700"));
    entries.put("pekkogaps", "7 x 700");
    entries.put("clientidentifier", "somebody");
    entries.put("trace", "t7");

    assertThat(new StoredCheckpoint(entries, "1").metadata()).isEqualTo(Map.of("trace", "t7"));
  }
}
