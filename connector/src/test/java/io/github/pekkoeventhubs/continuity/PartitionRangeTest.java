// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.continuity.CheckpointRange.Answer;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints, and what was read, beside what the service says of the partition. */
class PartitionRangeTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final LogEndWatch watch = new LogEndWatch();

  /** With events from 20 to 49. */
  private static final PartitionRange FILLED = new PartitionRange(false, 20, 49, "o49", NOON);

  private static final PartitionRange EMPTIED = new PartitionRange(true, 50, 49, "o49", NOON);
  private static final PartitionRange NEVER_FILLED = new PartitionRange(true, 0, -1, "-1", NOON);

  @ParameterizedTest
  @CsvSource({
    "50, o50, BEYOND_END",
    "49, o49, WITHIN",
    "49, p49, ANOTHER_LOG",
    "49, '', WITHIN",
    "49, -1, WITHIN",
    "48, p48, WITHIN",
    "19, o19, WITHIN",
    "18, o18, BEFORE_BEGINNING",
    "-1, -1, BEFORE_BEGINNING"
  })
  void aCheckpointOfAPartitionWithEvents(long number, String offset, Answer answer) {
    assertThat(CheckpointRange.judge(number, offset, FILLED)).isEqualTo(answer);
  }

  @ParameterizedTest
  @CsvSource({"50, o50, WITHIN", "49, o49, WITHIN", "49, p49, WITHIN", "48, o48, BEFORE_BEGINNING"})
  void aCheckpointOfAPartitionWhoseEventsAreGone(long number, String offset, Answer answer) {
    assertThat(CheckpointRange.judge(number, offset, EMPTIED)).isEqualTo(answer);
  }

  @ParameterizedTest
  @CsvSource({"-1, -1, WITHIN", "0, o0, WITHIN"})
  void aCheckpointOfAPartitionThatSaysThatItNeverHadEvents(
      long number, String offset, Answer answer) {
    assertThat(CheckpointRange.judge(number, offset, NEVER_FILLED)).isEqualTo(answer);
  }

  @Test
  void nothingIsSaidOfACheckpointWithoutANumber() {
    assertThat(CheckpointRange.judge(SequenceNumbers.UNKNOWN, "x", FILLED))
        .isEqualTo(Answer.WITHIN);
  }

  private static ReadMark read(long number, int second) {
    return new ReadMark(number, "o" + number, NOON.plusSeconds(second));
  }

  private static PartitionRange endingAt(long number, int second) {
    return new PartitionRange(false, 0, number, "o" + number, NOON.plusSeconds(second));
  }

  @Test
  void anEndAtOrAfterWhatWasReadContradictsNothing() {
    assertThat(watch.contradicts(endingAt(10, 10), null)).isFalse();
    assertThat(watch.contradicts(endingAt(10, 10), read(10, 10))).isFalse();
    assertThat(watch.contradicts(endingAt(20, 20), read(10, 10))).isFalse();
  }

  @Test
  void anAnswerThatIsALittleOldContradictsNothing() {
    for (int i = 1; i < 20; i++) {
      assertThat(watch.contradicts(endingAt(100L * i - 3, i - 1), read(100L * i, i))).isFalse();
    }
  }

  @Test
  void aLowerEndInAYoungerEventContradictsAtOnce() {
    assertThat(watch.contradicts(endingAt(9, 11), read(10, 10))).isTrue();
  }

  @Test
  void theSameNumberAtAnotherOffsetContradictsAtOnce() {
    PartitionRange other = new PartitionRange(false, 0, 10, "p10", NOON);
    assertThat(watch.contradicts(other, read(10, 10))).isTrue();
  }

  @Test
  void anEndThatStaysLowerContradictsAtTheSecondAnswer() {
    assertThat(watch.contradicts(endingAt(10, 10), read(10, 10))).isFalse();
    assertThat(watch.contradicts(endingAt(9, 9), read(10, 10))).isFalse();
    assertThat(watch.contradicts(endingAt(9, 9), read(10, 10))).isTrue();
  }

  @Test
  void anEmptyPartitionContradictsNothing() {
    for (int i = 0; i < 10; i++) {
      assertThat(watch.contradicts(NEVER_FILLED, read(10, 10))).isFalse();
    }
  }
}
