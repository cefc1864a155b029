// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.ReadUntil;
import io.github.pekkoeventhubs.SequenceNumbers;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadEndTest {

  private static final Instant TIME = Instant.parse("2026-01-01T12:00:00Z");
  private static final long NOTHING = SequenceNumbers.UNKNOWN;

  private static ReadEnd.Content holding(long first, long last) {
    return new ReadEnd.Content(first, last, "offset-" + last);
  }

  private static ReadEnd end(ReadUntil until) {
    return new ReadEnd(until, "0");
  }

  private static ReadUntil timeSeenAt(Instant now) {
    return new ReadUntil.Time(TIME, Clock.fixed(now, ZoneOffset.UTC));
  }

  @Test
  void nowIsTheLastEventThatIsThereAtTheFirstLook() {
    ReadEnd end = end(ReadUntil.now());
    end.learn(holding(0, 9), NOTHING, true);
    end.learn(holding(0, 20), NOTHING, true);

    assertThat(end.isReached(8)).isFalse();
    assertThat(end.isReached(9)).isTrue();
    assertThat(end.admits(9, TIME)).isTrue();
    assertThat(end.admits(10, TIME)).isFalse();
    assertThat(end.isReached(8)).as("what arrives tells it, not what is looked at").isFalse();
  }

  @Test
  void anEmptyPartitionIsAtItsEnd() {
    ReadEnd neverUsed = end(ReadUntil.now());
    neverUsed.learn(holding(0, -1), NOTHING, true);
    ReadEnd emptied = end(ReadUntil.now());
    emptied.learn(holding(50, 49), NOTHING, true);

    assertThat(neverUsed.isReached(NOTHING)).isTrue();
    assertThat(emptied.isReached(NOTHING)).isTrue();
  }

  @Test
  void aStartAtTheEndThatIsKnownByItsOffsetAloneIsAtTheEnd() {
    ReadEnd end = end(ReadUntil.now());
    end.learn(holding(0, 9), NOTHING, true);

    end.beginsAfter("offset-8");
    assertThat(end.isReached(NOTHING)).isFalse();
    end.beginsAfter("offset-9");
    assertThat(end.isReached(NOTHING)).isTrue();
  }

  @Test
  void whatTheServiceHasRemovedIsNotWaitedForOnceNothingArrivesAnyMore() {
    ReadEnd end = end(ReadUntil.now());
    end.learn(holding(0, 9), NOTHING, true);

    end.learn(holding(15, 30), 4, true);
    assertThat(end.isReached(4)).isFalse();
    end.learn(holding(15, 30), 6, true);
    assertThat(end.isReached(6)).as("events still arrive").isFalse();
    end.learn(holding(15, 30), 6, false);
    assertThat(end.isReached(6)).as("events may wait for the stream").isFalse();
    end.learn(holding(15, 30), 6, true);
    assertThat(end.isReached(6)).isTrue();
  }

  @Test
  void aPartitionThatHasLostAllItsEventsIsAtItsEnd() {
    ReadEnd end = end(ReadUntil.now());
    end.learn(holding(0, 9), NOTHING, true);
    end.learn(holding(10, 9), 4, true);
    end.learn(holding(10, 9), 4, true);

    assertThat(end.isReached(4)).isTrue();
  }

  @Test
  void aSequenceNumberThatIsNotThereYetIsWaitedFor() {
    ReadEnd end = end(ReadUntil.sequenceNumbers(Map.of("0", 12L)));
    end.learn(holding(0, 9), NOTHING, true);
    end.learn(holding(10, 9), NOTHING, true);
    end.beginsAfter("offset-9");

    assertThat(end.isReached(9)).isFalse();
    assertThat(end.admits(12, TIME)).isTrue();
    assertThat(end.isReached(12)).isTrue();
  }

  @Test
  void aSequenceNumberBeforeTheFirstEventIsReachedAtOnce() {
    ReadEnd end = end(ReadUntil.sequenceNumbers(Map.of("0", 12L)));
    end.learn(holding(100, 200), NOTHING, true);

    assertThat(end.isReached(NOTHING)).isTrue();
  }

  @Test
  void aTimeInThePastEndsWithTheFirstLaterEventOrTheLastOneThereIs() {
    ReadEnd end = end(timeSeenAt(TIME.plusSeconds(1)));
    end.learn(holding(0, 9), NOTHING, true);

    assertThat(end.admits(5, TIME)).isTrue();
    assertThat(end.isReached(5)).isFalse();
    assertThat(end.isReached(9)).isTrue();
    assertThat(end.admits(6, TIME.plusMillis(1))).isFalse();
  }

  @Test
  void aTimeInTheFutureHasNoEndYet() {
    ReadEnd end = end(timeSeenAt(TIME.minusSeconds(1)));
    end.learn(holding(0, 9), NOTHING, true);
    end.learn(holding(10, 9), 9, true);

    assertThat(end.isReached(9)).isFalse();
    assertThat(end.admits(10, TIME)).isTrue();
    assertThat(end.admits(11, TIME.plusMillis(1))).isFalse();
  }
}
