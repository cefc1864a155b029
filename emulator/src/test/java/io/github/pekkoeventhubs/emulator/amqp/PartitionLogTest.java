// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.pekkoeventhubs.testkit.SettableClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionLogTest {
  private final SettableClock clock = SettableClock.create();

  @Test
  void numbersEventsWithoutGaps() {
    PartitionLog log = log(Retention.UNLIMITED, 200);

    assertThat(log.entries())
        .extracting(LogEntry::sequenceNumber)
        .startsWith(0L, 1L, 2L)
        .endsWith(199L)
        .hasSize(200);
    assertThat(log.entries()).extracting(LogEntry::position).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void keepsSoManyEvents() {
    PartitionLog log = log(Retention.UNLIMITED.withMaxEvents(3), 10);

    assertThat(log.entries()).extracting(LogEntry::sequenceNumber).containsExactly(7L, 8L, 9L);
    assertThat(log.firstSequenceNumber()).isEqualTo(7);
  }

  @Test
  void keepsEventsForSoLong() {
    PartitionLog log = log(Retention.UNLIMITED.withMaxAge(Duration.ofHours(1)), 2);
    clock.advance(Duration.ofMinutes(40));
    append(log, 1);

    clock.advance(Duration.ofMinutes(30));
    log.expire();

    assertThat(log.entries()).extracting(LogEntry::sequenceNumber).containsExactly(2L);
  }

  @Test
  void remembersTheLastEventWhenAllAreRemoved() {
    PartitionLog log = log(Retention.UNLIMITED, 5);

    log.removeBefore(5);

    assertThat(log.isEmpty()).isTrue();
    assertThat(log.firstSequenceNumber()).isEqualTo(5);
    assertThat(log.last()).extracting(LogEntry::sequenceNumber).isEqualTo(4L);
  }

  @Test
  void startsAtTheFirstEventThatIsLeftWhenThePositionIsGone() {
    PartitionLog log = log(Retention.UNLIMITED, 10);
    String offset = log.get(2).offset();
    log.removeBefore(6);

    assertThat(log.locate(StartPosition.EARLIEST)).isEqualTo(6);
    assertThat(locate(log, "sequence-number > '2'")).isEqualTo(6);
    assertThat(locate(log, "offset > '" + offset + "'")).isEqualTo(6);
    assertThat(locate(log, "enqueued-time > '0'")).isEqualTo(6);
  }

  @Test
  void findsPositionsInTheMiddle() {
    PartitionLog log = log(Retention.UNLIMITED, 0);
    for (int i = 0; i < 10; i++) {
      append(log, 1);
      clock.advance(Duration.ofSeconds(1));
    }
    LogEntry fifth = log.get(5);

    assertThat(locate(log, "offset > '" + fifth.offset() + "'")).isEqualTo(6);
    assertThat(locate(log, "offset >= '" + fifth.offset() + "'")).isEqualTo(5);
    assertThat(locate(log, "sequence-number > '5'")).isEqualTo(6);
    assertThat(locate(log, "sequence-number >= '5'")).isEqualTo(5);
    assertThat(locate(log, "enqueued-time > '" + fifth.enqueuedTime() + "'")).isEqualTo(6);
    assertThat(locate(log, "enqueued-time >= '" + fifth.enqueuedTime() + "'")).isEqualTo(5);
    assertThat(locate(log, "offset > '@latest'")).isEqualTo(10);
  }

  @Test
  void waitsForTheEventBehindTheLast() {
    PartitionLog log = log(Retention.UNLIMITED, 3);

    assertThat(locate(log, "sequence-number > '2'")).isEqualTo(3);
    assertThat(locate(log, "sequence-number >= '3'")).isEqualTo(3);
    assertThat(locate(log, "offset > '" + log.get(2).offset() + "'")).isEqualTo(3);
  }

  @Test
  void refusesPositionsBeyondTheEnd() {
    PartitionLog log = log(Retention.UNLIMITED, 3);

    for (String position :
        List.of("sequence-number > '3'", "sequence-number >= '4'", "offset > '99999'")) {
      assertThatExceptionOfType(ServiceException.class)
          .as(position)
          .isThrownBy(() -> locate(log, position))
          .withMessageContaining("is invalid. The last")
          .satisfies(
              error -> assertThat(error.condition()).isEqualTo(ErrorConditions.ARGUMENT_ERROR));
    }
  }

  @Test
  void refusesAnyOffsetOfAPartitionThatNeverHadAnEvent() {
    PartitionLog log = log(Retention.UNLIMITED, 0);

    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> locate(log, "offset > '120'"))
        .withMessageContaining("The last offset in the system is '-1'");
  }

  @Test
  void readsOnlyOffsetsOfItsOwnFormat() {
    PartitionLog numeric = log(Retention.UNLIMITED, 3);
    PartitionLog geo = new PartitionLog(OffsetFormat.GEO_REPLICATED, clock, Retention.UNLIMITED);
    append(geo, 3);
    String offset = geo.get(1).offset();

    assertThat(offset).matches("3:\\d+:1");
    assertThat(locate(geo, "offset > '" + offset + "'")).isEqualTo(2);
    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> locate(numeric, "offset > '" + offset + "'"));
    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> locate(geo, "offset > '" + numeric.get(1).offset() + "'"));
  }

  private PartitionLog log(Retention retention, int events) {
    PartitionLog log = new PartitionLog(OffsetFormat.NUMERIC, clock, retention);
    append(log, events);
    return log;
  }

  private static void append(PartitionLog log, int events) {
    byte[] message = TestMessages.encoded("body");
    for (int i = 0; i < events; i++) {
      log.append(message, 0, message.length, null);
    }
  }

  private static long locate(PartitionLog log, String condition) {
    return log.locate(StartPosition.parse("amqp.annotation.x-opt-" + condition));
  }
}
