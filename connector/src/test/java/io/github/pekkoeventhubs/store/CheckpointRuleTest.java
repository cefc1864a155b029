// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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

    CheckpointStep step =
        CheckpointRule.commit(Optional.of(stored), position, OptionalLong.empty());

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

    assertThat(CheckpointRule.commit(Optional.empty(), position, OptionalLong.empty()))
        .isEqualTo(new CheckpointStep.Create(position.entries()));
  }

  @Test
  void aRecordWithoutASequenceNumberCoversNothing() {
    StoredCheckpoint offsetOnly = new StoredCheckpoint(Map.of("offset", "900"), "v1");

    assertThat(
            CheckpointRule.commit(Optional.of(offsetOnly), position(-1, 0), OptionalLong.empty()))
        .isEqualTo(new CheckpointStep.Replace(position(-1, 0).entries(), "v1"));
  }

  @Test
  void theHigherOfTheTwoFencingTokensIsWritten() {
    assertThat(fencingTokenWritten("7", OptionalLong.of(9))).hasValue(9);
    assertThat(fencingTokenWritten("9", OptionalLong.of(7))).hasValue(9);
    assertThat(fencingTokenWritten("9", OptionalLong.empty())).hasValue(9);
    assertThat(fencingTokenWritten("", OptionalLong.of(9))).hasValue(9);
    assertThat(fencingTokenWritten("", OptionalLong.empty())).isEmpty();
  }

  private static OptionalLong fencingTokenWritten(String stored, OptionalLong own) {
    StoredCheckpoint checkpoint =
        new StoredCheckpoint(
            Map.of("sequencenumber", "1", StoredCheckpoint.FENCING_TOKEN, stored), "v1");
    CheckpointStep step = CheckpointRule.commit(Optional.of(checkpoint), position(2, 0), own);
    assertThat(step).isInstanceOf(CheckpointStep.Replace.class);
    return new StoredCheckpoint(((CheckpointStep.Replace) step).entries(), "v2").fencingToken();
  }

  private static CheckpointPosition position(long number, long revision) {
    String gaps = revision == 0 ? "" : "gaps" + revision;
    return new CheckpointPosition(number, "o" + number, Map.of(), gaps, revision);
  }
}
