// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.UndecodableEventException;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.continuity.ReadStart;
import io.github.pekkoeventhubs.continuity.SyntheticReadStarts;
import io.github.pekkoeventhubs.receive.TestEvents;
import org.junit.jupiter.api.Test;

/** Receivers that have got the event 9, and not the event 10. */
class StuckReceiversTest extends StuckReceiversFixture {

  @Test
  void twoThatWorkAndEndWithoutAReasonShowTheEvent() {
    assertThat(endsWithoutAnEvent()).isTrue();
    assertThat(run.ownConnections).isEqualTo(1);
    assertThat(endsAfterTheEventBefore()).isTrue();
    assertThat(run.ownConnections).isEqualTo(2);

    assertThat(endsAfterTheEventBefore()).isFalse();
    assertThat(failures)
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessageContaining("sequence number 10"));
  }

  @Test
  void theStreamFailsOnceItHasFinishedTheEventsBefore() {
    run.waiting = 1;
    endsWithoutAnEvent();
    endsAfterTheEventBefore();
    assertThat(endsAfterTheEventBefore()).as("another receiver follows").isFalse();
    assertThat(failures).isEmpty();
    assertThat(inWork.dueFailure()).isEmpty();

    run.waiting = 0;
    assertThat(inWork.dueFailure()).containsInstanceOf(UndecodableEventException.class);
  }

  @Test
  void oneThatHasNotGotTheEventBeforeShowsNothing() {
    for (int receiver = 0; receiver < 10; receiver++) {
      assertThat(endsWithoutAnEvent()).isTrue();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void oneThatIsReplacedShowsNothing() throws ReflectiveOperationException {
    for (int receiver = 0; receiver < 10; receiver++) {
      continuity.judge(TestEvents.event(LAST), LAST);
      receivers.answered(ServiceAnswers.endingAt(20, "20"), true);
      assertThat(receivers.attaching()).isTrue();
    }
    assertThat(run.ownConnections).isZero();
    assertThat(failures).isEmpty();
  }

  @Test
  void oneThatEndsWithAReasonShowsNothingAndMovesToNoOtherConnection() {
    for (int receiver = 0; receiver < 10; receiver++) {
      continuity.judge(TestEvents.event(LAST), LAST);
      assertThat(receivers.attaching()).isTrue();
    }
    assertThat(run.ownConnections).isZero();
  }

  @Test
  void nothingIsMissedWhereThePartitionHasNoMoreEvents() throws ReflectiveOperationException {
    receivers.answered(ServiceAnswers.endingAt(LAST, "9"), false);
    for (int receiver = 0; receiver < 10; receiver++) {
      assertThat(endsAfterTheEventBefore()).isTrue();
    }
    assertThat(run.ownConnections).isZero();
  }

  @Test
  void nothingIsMissedWhileTheStreamAsksForNothing() {
    run.demand = false;
    for (int receiver = 0; receiver < 10; receiver++) {
      assertThat(endsAfterTheEventBefore()).isTrue();
    }
    assertThat(run.ownConnections).isZero();
  }

  @Test
  void anEventThatComesInBetweenEndsTheSearch() {
    endsWithoutAnEvent();
    endsAfterTheEventBefore();
    run.received = LAST + 1;
    assertThat(endsAfterTheEventBefore()).isTrue();
    assertThat(failures).isEmpty();
    assertThat(run.ownConnections).isEqualTo(2);
  }

  @Test
  void anEventThatComesAtTheLastMomentCounts() {
    endsWithoutAnEvent();
    endsAfterTheEventBefore();
    run.whenDetached = () -> run.received = LAST + 1;
    assertThat(endsAfterTheEventBefore()).isTrue();
    assertThat(failures).isEmpty();
  }

  @Test
  void eventsThatAreLeftOutAreShownOneByOne() throws ReflectiveOperationException {
    receivers = receivers(OnUndecodableEvents.SKIP);
    begin();
    endsWithoutAnEvent();
    for (int receiver = 0; receiver < 3; receiver++) {
      endsAfterTheEventBefore();
      assertThat(continuity.last()).isEqualTo(LAST);
    }
    endsAfterTheEventBefore();
    assertThat(continuity.last()).isEqualTo(10);

    // In turn: one after the event that was left out, and one that begins before it.
    for (int pair = 0; pair < 7; pair++) {
      endsWithoutAnEvent();
      assertThat(receivers.hasReachedNext()).isFalse();
      endsAfterTheEventBefore();
      assertThat(receivers.hasReachedNext()).isTrue();
      assertThat(continuity.last()).isEqualTo(10);
    }
    endsWithoutAnEvent();

    assertThat(continuity.last()).isEqualTo(11);
    assertThat(status.snapshot().undecodable()).isEqualTo(2);
    assertThat(failures).isEmpty();
  }

  @Test
  void theNextEventIsNotLeftOutByAFewReceiversThatNothingReached()
      throws ReflectiveOperationException {
    receivers = receivers(OnUndecodableEvents.SKIP);
    begin();
    endsWithoutAnEvent();
    for (int receiver = 0; receiver < 4; receiver++) {
      endsAfterTheEventBefore();
    }
    assertThat(continuity.last()).isEqualTo(10);

    for (int lost = 0; lost < 7; lost++) {
      // The one that begins after the event 10 is lost before anything has come.
      endsWithoutAnEvent();
      // The one that begins with the event 9 ends at the event 10, which cannot be decoded.
      endsAfterTheEventBefore();
    }
    assertThat(continuity.last()).isEqualTo(10);
  }

  @Test
  void oneThatDidNotGetTheEventBeforeIsFollowedByOneThatBeginsAfterIt() {
    ReadStart start = SyntheticReadStarts.at(EventPosition.earliest(), continuity);
    endsWithoutAnEvent();
    assertThat(start.next(true)).isEqualTo(EventPosition.fromSequenceNumber(LAST, true));
    assertThat(receivers.hasReachedNext()).isFalse();

    endsWithoutAnEvent();
    assertThat(start.next(true)).isEqualTo(EventPosition.fromSequenceNumber(LAST, false));
    assertThat(receivers.hasReachedNext()).isTrue();
  }

  @Test
  void theNextEventIsTheFirstOneThatThePartitionHas() throws ReflectiveOperationException {
    assertThat(receivers.next()).isEqualTo(LAST + 1);
    assertThat(receivers.hasNext()).isTrue();
    assertThat(receivers.missed(LAST + 1)).isEmpty();

    receivers.answered(ServiceAnswers.from(13, 20, "20"), false);
    assertThat(receivers.next()).isEqualTo(13);
    assertThat(receivers.answers()).isEqualTo(2);
  }

  @Test
  void aPartitionWithoutEventsHasNoNextOne() throws ReflectiveOperationException {
    receivers = receivers(OnUndecodableEvents.SKIP, Continuity.after(SequenceNumbers.UNKNOWN, "5"));
    receivers.answered(ServiceAnswers.empty(), false);
    assertThat(receivers.hasNext()).isFalse();

    receivers.answered(ServiceAnswers.endingAt(20, "20"), false);
    assertThat(receivers.hasNext()).isTrue();
  }

  /** Retention goes on while receivers end at an event. */
  @Test
  void whatWasShownOfAnEventThatHasExpiredIsNotHeldAgainstAnother()
      throws ReflectiveOperationException {
    receivers = receivers(OnUndecodableEvents.SKIP);
    begin();
    endsWithoutAnEvent();
    for (int receiver = 0; receiver < 3; receiver++) {
      endsAfterTheEventBefore();
    }
    receivers.answered(ServiceAnswers.from(15, 20, "20"), false);
    endsAfterTheEventBefore();
    assertThat(continuity.last()).isEqualTo(LAST);

    for (int receiver = 0; receiver < 3; receiver++) {
      endsAfterTheEventBefore();
      assertThat(continuity.last()).isEqualTo(LAST);
    }
    endsAfterTheEventBefore();
    assertThat(continuity.last()).isEqualTo(15);
  }
}
