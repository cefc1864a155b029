// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckpointPositionTest {

  @Test
  void gapsAreReadBackFromTheRecordTheyWereWrittenWith() {
    assertThat(CheckpointPosition.gapsOf(record(gaps(7, "3:128 78", "9-12,14", 3))))
        .contains("9-12,14");
  }

  @Test
  void gapsAreIgnoredOnceAnotherWriterHasMovedTheCheckpoint() {
    Map<String, String> moved = new HashMap<>(gaps(7, "o7", "9", 1).entries());
    moved.put(StoredCheckpoint.SEQUENCE_NUMBER, "8");
    assertThat(CheckpointPosition.gapsOf(new StoredCheckpoint(moved, "v"))).isEmpty();

    Map<String, String> otherOffset = new HashMap<>(gaps(7, "o7", "9", 1).entries());
    otherOffset.put(StoredCheckpoint.OFFSET, "p7");
    assertThat(CheckpointPosition.gapsOf(new StoredCheckpoint(otherOffset, "v"))).isEmpty();

    Map<String, String> withoutOffset = new HashMap<>(gaps(7, "o7", "9", 1).entries());
    withoutOffset.remove(StoredCheckpoint.OFFSET);
    assertThat(CheckpointPosition.gapsOf(new StoredCheckpoint(withoutOffset, "v"))).isEmpty();
  }

  @Test
  void gapsBeforeTheFirstEventMayBeOfAnotherEventHubAndDoNotCount() {
    CheckpointPosition atTheBeginning = gaps(-1, StoredCheckpoint.BEFORE_FIRST_OFFSET, "1-2", 1);

    assertThat(CheckpointPosition.gapsOf(record(atTheBeginning))).isEmpty();
  }

  @Test
  void aPositionWithoutGapsStoresNone() {
    assertThat(CheckpointPosition.of(7, "o7").entries())
        .isEqualTo(StoredCheckpoint.entriesOf(7, "o7"));
    assertThat(CheckpointPosition.gapsOf(record(CheckpointPosition.of(7, "o7")))).isEmpty();
  }

  @Test
  void malformedGapsAreNoGaps() {
    Map<String, String> entries = new HashMap<>(StoredCheckpoint.entriesOf(7, "o7"));
    for (String text : new String[] {"", "7", "7 9", "7  o7", "x 9 o7"}) {
      entries.put(CheckpointPosition.GAPS, text);
      assertThat(CheckpointPosition.gapsOf(new StoredCheckpoint(entries, "v"))).isEmpty();
    }
  }

  @Test
  void userMetadataCannotHideThePosition() {
    CheckpointPosition position =
        new CheckpointPosition(
            7, "o7", Map.of(StoredCheckpoint.OFFSET, "x", "key", "value"), "", 0);

    assertThat(position.entries()).containsEntry(StoredCheckpoint.OFFSET, "o7");
    assertThat(position.entries()).containsEntry("key", "value");
  }

  @Test
  void positionsAreOrderedByNumberAndThenByTheirGaps() {
    assertThat(gaps(7, "o", "9", 1).isAfter(CheckpointPosition.of(7, "o"))).isTrue();
    assertThat(CheckpointPosition.of(7, "o").isAfter(gaps(7, "o", "9", 1))).isFalse();
    assertThat(CheckpointPosition.of(8, "o").isAfter(gaps(7, "o", "9", 1))).isTrue();
    assertThat(gaps(7, "o", "9", 1).isAfter(gaps(7, "o", "9", 1))).isFalse();
  }

  @Test
  void whatCannotBeStoredIsRefused() {
    assertThatThrownBy(() -> CheckpointPosition.of(7, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("offset");
    assertThatThrownBy(() -> gaps(7, "o", "9 10", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blanks");
    assertThatThrownBy(() -> gaps(7, "o", "9", -1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static StoredCheckpoint record(CheckpointPosition position) {
    return new StoredCheckpoint(position.entries(), "v");
  }

  private static CheckpointPosition gaps(
      long sequenceNumber, String offset, String gaps, long revision) {
    return new CheckpointPosition(sequenceNumber, offset, Map.of(), gaps, revision);
  }
}
