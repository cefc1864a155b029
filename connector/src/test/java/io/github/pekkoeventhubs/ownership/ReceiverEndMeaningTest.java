// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.EventsMissedException;
import io.github.pekkoeventhubs.UndecodableEventException;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.ownership.PartitionRun.Fault;
import io.github.pekkoeventhubs.ownership.PartitionRun.ReceiverEnd;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Receivers that have got the event 9, and end with an exception. */
class ReceiverEndMeaningTest extends StuckReceiversFixture {

  private int questions;

  private final class Receivers {
    private final StuckReceivers stuckReceivers;
    private final ReceiverEndMeaning meaning;

    Receivers(OnUndecodableEvents reaction) {
      stuckReceivers = receivers(reaction);
      meaning =
          new ReceiverEndMeaning(
              PARTITION,
              StartingPoint.after(new AcknowledgedPosition(LAST, "9", Map.of(), ""), null),
              settings(reaction),
              stuckReceivers,
              () -> questions++,
              () -> 0);
    }

    void answered(long last) throws ReflectiveOperationException {
      stuckReceivers.answered(ServiceAnswers.endingAt(last, Long.toString(last)), false);
    }

    /** Returns whether the stream goes on. */
    boolean goesOnAfterOneThatEndsAtAnEvent() {
      ReceiverEnd end = told(new IllegalStateException("no symbol"), true, Fault.UNDECODABLE);
      assertThat(end.mayPass()).isEqualTo(!(end.cause() instanceof UndecodableEventException));
      return end.mayPass();
    }

    private ReceiverEnd told(Throwable cause, boolean mayPass, Fault fault) {
      LifeInput told = meaning.of(1, 1, new ReceiverEnd(cause, false, false, mayPass, fault), run);
      assertThat(told).isInstanceOf(LifeInput.ReceiverEnded.class);
      return ((LifeInput.ReceiverEnded) told).end();
    }
  }

  @Test
  void theThirdThatEndsAtAnEventFailsTheStream() throws ReflectiveOperationException {
    Receivers receivers = new Receivers(OnUndecodableEvents.FAIL);
    assertThat(receivers.goesOnAfterOneThatEndsAtAnEvent()).isTrue();
    receivers.answered(LAST + 1);
    assertThat(receivers.goesOnAfterOneThatEndsAtAnEvent()).isTrue();
    assertThat(receivers.goesOnAfterOneThatEndsAtAnEvent()).isFalse();
  }

  @Test
  void theStreamFailsOnceItHasFinishedTheEventsBeforeOneThatCannotBeDecoded()
      throws ReflectiveOperationException {
    Receivers receivers = new Receivers(OnUndecodableEvents.FAIL);
    receivers.goesOnAfterOneThatEndsAtAnEvent();
    receivers.answered(LAST + 1);
    run.waiting = 1;
    assertThat(receivers.goesOnAfterOneThatEndsAtAnEvent()).isTrue();
    assertThat(inWork.isAwaited()).isFalse();
    assertThat(receivers.goesOnAfterOneThatEndsAtAnEvent()).isTrue();
    assertThat(inWork.isAwaited()).isTrue();

    run.waiting = 0;
    assertThat(inWork.dueFailure()).containsInstanceOf(UndecodableEventException.class);
  }

  @Test
  void theStreamFailsOnceItHasFinishedTheEventsBeforeThoseThatAreMissing() {
    Receivers receivers = new Receivers(OnUndecodableEvents.FAIL);
    Throwable missed = new EventsMissedException("gone");
    run.waiting = 1;
    ReceiverEnd first = receivers.told(missed, false, Fault.EVENTS_MISSED);
    assertThat(first.mayPass()).isTrue();
    assertThat(first.cause()).isSameAs(missed);

    run.waiting = 0;
    assertThat(inWork.dueFailure()).contains(missed);
  }

  /** The connection of a silent partition may end with any exception, again and again. */
  @Test
  void thoseThatEndedBeforeThePartitionHadTheEventSayNothingAboutIt()
      throws ReflectiveOperationException {
    Receivers receivers = new Receivers(OnUndecodableEvents.SKIP);
    for (int receiver = 0; receiver < 6; receiver++) {
      assertThat(receivers.goesOnAfterOneThatEndsAtAnEvent()).isTrue();
      receivers.answered(LAST);
    }
    receivers.answered(LAST + 1);
    receivers.goesOnAfterOneThatEndsAtAnEvent();
    assertThat(continuity.last()).isEqualTo(LAST);
    receivers.answered(LAST + 1);
    receivers.goesOnAfterOneThatEndsAtAnEvent();
    assertThat(continuity.last()).isEqualTo(LAST);

    receivers.goesOnAfterOneThatEndsAtAnEvent();
    assertThat(continuity.last()).isEqualTo(LAST + 1);
    assertThat(status.snapshot().undecodable()).isEqualTo(1);
  }

  @Test
  void theServiceIsAskedUntilEventsHaveCome() {
    Receivers receivers = new Receivers(OnUndecodableEvents.FAIL);
    receivers.meaning.attaching();
    assertThat(questions).isZero();

    receivers.goesOnAfterOneThatEndsAtAnEvent();
    receivers.meaning.attaching();
    assertThat(questions).isEqualTo(1);

    run.count = 7;
    receivers.meaning.of(
        1, 1, new ReceiverEnd(new IllegalStateException("lost"), false, true, true), run);
    receivers.meaning.attaching();
    assertThat(questions).isEqualTo(1);
  }
}
