// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class CheckpointRuleTest {

  @Property
  void aPositionIsWrittenIfAndOnlyIfItSaysMoreThanTheRecord(
      @ForAll @LongRange(min = -1, max = 3) long storedNumber,
      @ForAll @LongRange(min = 0, max = 2) long storedRevision,
      @ForAll @LongRange(min = -1, max = 3) long number,
      @ForAll @LongRange(min = 0, max = 2) long revision) {
    StoredCheckpoint stored =
        new StoredCheckpoint(position(storedNumber, storedRevision).entries(), "v1");
    CheckpointPosition position = position(number, revision);

    CheckpointStep step = CheckpointRule.commit(Optional.of(stored), position);

    boolean saysMore =
        number > storedNumber
            || (number == storedNumber && revision > 0 && revision != storedRevision);
    assertThat(step)
        .isEqualTo(
            saysMore
                ? new CheckpointStep.Replace(position.entries(), "v1")
                : new CheckpointStep.Adopt(stored));
  }

  @Test
  void anAbsentRecordIsCreated() {
    CheckpointPosition position = position(7, 0);

    assertThat(CheckpointRule.commit(Optional.empty(), position))
        .isEqualTo(new CheckpointStep.Create(position.entries()));
  }

  @Test
  void aRecordWithoutASequenceNumberCoversNothing() {
    StoredCheckpoint offsetOnly = new StoredCheckpoint(Map.of("offset", "900"), "v1");

    assertThat(CheckpointRule.covers(offsetOnly, position(-1, 0))).isFalse();
  }

  private static CheckpointPosition position(long number, long revision) {
    String gaps = revision == 0 ? "" : "gaps" + revision;
    return new CheckpointPosition(number, "o" + number, Map.of(), gaps, revision);
  }
}
