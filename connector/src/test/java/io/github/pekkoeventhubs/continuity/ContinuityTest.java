// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.continuity.Continuity.Answer;
import io.github.pekkoeventhubs.continuity.MissedEvents.Hole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ContinuityTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final Continuity fresh = Continuity.after(9, "o9");

  private static PartitionEvent event(long number, @Nullable String offset, Instant time) {
    return new PartitionEvent(
        new PartitionContext("ns.servicebus.windows.net", "orders", "billing", "0"),
        new Received(number, offset, time),
        null);
  }

  private static Answer judge(Continuity continuity, long number, String offset, int second) {
    return continuity.judge(event(number, offset, NOON.plusSeconds(second)), number);
  }

  private static Answer judge(Continuity continuity, long number) {
    return judge(continuity, number, "o" + number, (int) number);
  }

  @Test
  void theEventAfterTheStartAndEachOneAfterThatIsNext() {
    assertThat(judge(fresh, 10)).isEqualTo(Answer.NEXT);
    assertThat(judge(fresh, 11)).isEqualTo(Answer.NEXT);
    assertThat(fresh.last()).isEqualTo(11);
  }

  @Test
  void everyFirstEventFollowsAnUnknownStart() {
    assertThat(judge(Continuity.after(SequenceNumbers.UNKNOWN, ""), 4711)).isEqualTo(Answer.NEXT);
    assertThat(judge(Continuity.after(SequenceNumbers.UNKNOWN, ""), 0)).isEqualTo(Answer.NEXT);
    assertThat(judge(Continuity.after(-1, "-1"), 0)).isEqualTo(Answer.NEXT);
  }

  @Test
  void aHigherNumberThanTheNextIsAHole() {
    assertThat(judge(fresh, 12)).isEqualTo(Answer.HOLE);
    fresh.take(event(12, "o12", NOON), 12);
    assertThat(judge(fresh, 13)).isEqualTo(Answer.NEXT);
  }

  /** The next receiver goes on after the last event that was taken. */
  @Test
  void aHoleIsThereAsLongAsTheEventBehindItIsNotTaken() {
    judge(fresh, 10);
    assertThat(judge(fresh, 12)).isEqualTo(Answer.HOLE);
    assertThat(fresh.last()).isEqualTo(10);
    assertThat(judge(fresh, 12)).isEqualTo(Answer.HOLE);
    assertThat(judge(fresh, 10)).isEqualTo(Answer.REPEATED);
    assertThat(judge(fresh, 11)).isEqualTo(Answer.NEXT);
  }

  @Test
  void theSameEventIsARepetition() {
    assertThat(judge(fresh, 9)).isEqualTo(Answer.REPEATED);
    judge(fresh, 10);
    assertThat(judge(fresh, 10)).isEqualTo(Answer.REPEATED);
    assertThat(fresh.last()).isEqualTo(10);
  }

  @Test
  void theSameNumberAtAnotherOffsetIsAnotherLog() {
    assertThat(judge(fresh, 9, "p", 9)).isEqualTo(Answer.ANOTHER_LOG);
    judge(fresh, 10);
    assertThat(judge(fresh, 10, "p", 10)).isEqualTo(Answer.ANOTHER_LOG);
  }

  @Test
  void theSameNumberIsARepetitionWhereAnOffsetIsNotKnown() {
    assertThat(judge(Continuity.after(9, ""), 9)).isEqualTo(Answer.REPEATED);
    assertThat(fresh.judge(event(9, null, NOON), 9)).isEqualTo(Answer.REPEATED);
  }

  @Test
  void aFirstEventBelowTheStartIsAnotherLog() {
    assertThat(judge(fresh, 8)).isEqualTo(Answer.ANOTHER_LOG);
  }

  @Test
  void anEarlierEventOfTheSameLogIsARepetition() {
    judge(fresh, 10);
    judge(fresh, 11);
    assertThat(judge(fresh, 10)).isEqualTo(Answer.REPEATED);
  }

  @Test
  void aLowerNumberInAYoungerEventIsAnotherLog() {
    judge(fresh, 10);
    judge(fresh, 11);
    assertThat(judge(fresh, 10, "q", 12)).isEqualTo(Answer.ANOTHER_LOG);
    assertThat(fresh.last()).isEqualTo(11);
  }

  @Test
  void anEventThatIsLeftOutLeavesNoHole() {
    judge(fresh, 10);
    fresh.leaveOut(fresh.last() + 1);
    assertThat(judge(fresh, 12)).isEqualTo(Answer.NEXT);
  }

  @Test
  void anEventThatWasLeftOutAndComesIsTaken() {
    judge(fresh, 10);
    fresh.leaveOut(12);
    assertThat(judge(fresh, 11)).isEqualTo(Answer.NEXT);
    assertThat(fresh.last()).isEqualTo(11);
    assertThat(fresh.hasLeftOut()).isFalse();
    assertThat(judge(fresh, 12)).isEqualTo(Answer.NEXT);

    fresh.leaveOut(13);
    assertThat(judge(fresh, 14)).isEqualTo(Answer.NEXT);
    assertThat(judge(fresh, 13, "q", 20)).isEqualTo(Answer.ANOTHER_LOG);
  }

  @Test
  void aReceiverThatDoesNotBeginAgainBeginsAfterTheLastEvent() {
    ReadStart start = SyntheticReadStarts.at(EventPosition.earliest(), fresh);
    judge(fresh, 10);
    fresh.beginAgain();
    fresh.beginAfter();
    assertThat(start.next(true)).isEqualTo(EventPosition.fromOffsetString("o10"));
  }

  @Test
  void aReceiverThatBeginsAgainBeginsWithTheLastEventThatArrived() {
    ReadStart start = SyntheticReadStarts.at(EventPosition.earliest(), fresh);
    judge(fresh, 10);
    fresh.leaveOut(fresh.last() + 1);
    fresh.beginAgain();
    assertThat(start.next(true)).isEqualTo(EventPosition.fromSequenceNumber(10, true));
    assertThat(start.next(true)).isEqualTo(EventPosition.fromSequenceNumber(11, false));

    assertThat(judge(fresh, 10)).isEqualTo(Answer.REPEATED);
    assertThat(fresh.cameAgain()).isEqualTo(1);
    assertThat(judge(fresh, 12)).isEqualTo(Answer.NEXT);
    assertThat(fresh.hasLeftOut()).isFalse();
  }

  @Test
  void nothingComesAgainWhereNoEventIsKnown() {
    Continuity first = Continuity.after(-1, "-1");
    first.beginAgain();
    assertThat(SyntheticReadStarts.at(EventPosition.earliest(), first).next(false))
        .isEqualTo(EventPosition.earliest());
  }

  @Test
  void readingGoesOnAfterTheLastEventByItsOffsetWhereThereIsOne() {
    ReadStart start = SyntheticReadStarts.at(EventPosition.earliest(), fresh);
    assertThat(start.next(false)).isEqualTo(EventPosition.earliest());

    judge(fresh, 10);
    assertThat(start.next(true)).isEqualTo(EventPosition.fromOffsetString("o10"));

    fresh.judge(event(11, null, NOON), 11);
    assertThat(start.next(true)).isEqualTo(EventPosition.fromSequenceNumber(11, false));

    fresh.leaveOut(fresh.last() + 1);
    assertThat(start.next(true)).isEqualTo(EventPosition.fromSequenceNumber(12, false));
  }

  @Test
  void holesAreCountedAtOnceAndToldTogether() {
    LongAdder total = new LongAdder();
    List<String> calls = new ArrayList<>();
    MissedEvents missed = new MissedEvents(total, () -> calls.add("found"));

    missed.found(Hole.between(10, 19));
    missed.found(Hole.between(30, 30));

    assertThat(total.sum()).isEqualTo(11);
    assertThat(calls).hasSize(1);
    assertThat(missed.take()).contains(new Hole(10, 30, 11));
    assertThat(missed.take()).isEmpty();

    missed.found(Hole.between(40, 41));
    assertThat(calls).hasSize(2);
    assertThat(missed.take()).contains(new Hole(40, 41, 2));
  }

  /** An event as it comes from the service, which only the SDK can make. */
  private static final class Received extends EventData {
    private final long number;
    private final @Nullable String offset;
    private final Instant time;

    Received(long number, @Nullable String offset, Instant time) {
      super(new byte[0]);
      this.number = number;
      this.offset = offset;
      this.time = time;
    }

    @Override
    public Long getSequenceNumber() {
      return number;
    }

    @Override
    public @Nullable String getOffsetString() {
      return offset;
    }

    @Override
    public Instant getEnqueuedTime() {
      return time;
    }
  }
}
