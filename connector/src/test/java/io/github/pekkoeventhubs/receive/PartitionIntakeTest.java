// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ReceiveException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.ownership.PartitionRun.ReceiverEnd;
import io.github.pekkoeventhubs.ownership.TestSessions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionIntakeTest extends IntakeFixture {

  @Nested
  class Attaching {

    @Test
    void beginsAtTheStartWithAsManyCreditsAsMayWait() {
      ManualReceiver link = attach();

      assertThat(positions).containsExactly(START);
      assertThat(link.requested()).isEqualTo(MAX_EVENTS);
      assertThat(intake.hasDemand()).isTrue();
    }

    @Test
    void againGoesOnAfterTheLastReceivedEventByItsOffset() {
      ManualReceiver first = attach();
      deliver(first, 0, 4);
      first.complete();

      ManualReceiver second = attach();

      assertThat(positions).containsExactly(START, EventPosition.fromOffsetString("o4"));
      assertThat(second.requested())
          .as("credits of less than half are not worth a request")
          .isZero();
      assertThat(pollAll()).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void againGoesOnByTheSequenceNumberWhereEventsHaveNoOffset() {
      ManualReceiver first = attach();
      first.deliver(TestEvents.event("0", 7, null, 10));
      first.complete();

      attach();

      assertThat(positions.get(1)).isEqualTo(EventPosition.fromSequenceNumber(7, false));
    }

    @Test
    void replacesTheLinkBefore() {
      ManualReceiver first = attach();
      ManualReceiver second = attach();

      assertThat(first.isCancelled()).isTrue();
      assertThat(second.isCancelled()).isFalse();
      first.deliver(TestEvents.event(0));
      first.complete();
      assertThat(intake.receivedCount()).isZero();
      assertThat(ends).isEmpty();
    }

    /** Two links that wrote at the same time could lose an event, or repeat one. */
    @Test
    void waitsForAFormerLinkThatStandsStillInTheMiddleOfAnEvent() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch mayGoOn = new CountDownLatch(1);
      onWakeUp =
          () -> {
            inside.countDown();
            try {
              mayGoOn.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          };
      ManualReceiver former = attach();
      signal.arm();
      Thread linkThread = new Thread(() -> deliver(former, 0, 0));
      linkThread.start();
      assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();

      attach();
      assertThat(positions).as("no link is opened beside it").hasSize(1);
      assertThat(ends).singleElement().matches(ReceiverEnd::mayPass);
      assertThat(former.isCancelled()).isTrue();

      mayGoOn.countDown();
      linkThread.join();
      attach();
      assertThat(positions).containsExactly(START, EventPosition.fromOffsetString("o0"));
      assertThat(pollAll()).containsExactly(0L);
    }

    @Test
    void requestsNothingUnderALock() {
      AtomicInteger requests = new AtomicInteger();
      beforeRequest =
          () -> {
            requests.incrementAndGet();
            assertThat(Thread.holdsLock(intake)).isFalse();
          };

      attach();

      assertThat(requests).hasPositiveValue();
    }

    @Test
    void knowsWhetherItsConnectionIsSilent() {
      assertThat(intake.hasSilentConnection()).isFalse();

      silentConnections.add(session.partition());

      assertThat(intake.hasSilentConnection()).isTrue();
    }

    @Test
    void mayBeAskedForThroughAnotherConnection() {
      intake.abandonConnection();

      assertThat(abandonedConnections).containsExactly(session.partition());
    }

    @Test
    void leavesItsConnectionOnceWhenThePartitionIsFinished() {
      attach();
      assertThat(leftConnections).isEmpty();

      intake.finish();
      intake.finish();

      assertThat(leftConnections).containsExactly(session.partition());
    }

    @Test
    void isRefusedOnceThePartitionIsFinished() {
      intake.finish();

      intake.attach(ends::add, outgrown::incrementAndGet);

      assertThat(links).isEmpty();
    }
  }

  @Nested
  class Receiving {

    @Test
    void keepsTheOrderAndWakesTheStageOncePerBurst() {
      ManualReceiver link = attach();
      signal.arm();

      deliver(link, 0, 4);

      assertThat(wakeUps).hasValue(1);
      assertThat(pollAll()).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(intake.lastReceived()).isEqualTo(4);
      assertThat(intake.receivedCount()).isEqualTo(5);
    }

    @Test
    void dropsWhatHasArrivedBeforeAndAsksForAnotherInItsPlace() {
      ManualReceiver link = attach();
      deliver(link, 0, 1);
      long requested = link.requested();

      deliver(link, 0, 1);

      assertThat(link.requested()).isEqualTo(requested + 2);
      assertThat(pollAll()).containsExactly(0L, 1L);
    }

    @Test
    void neverAsksForMoreThanMayWait() {
      ManualReceiver link = attach();
      long sent = 0;
      long emitted = 0;
      for (int round = 0; round < 500; round++) {
        while (link.credit() > 0) {
          link.deliver(TestEvents.event(sent++));
        }
        assertThat(sent - emitted).isLessThanOrEqualTo(MAX_EVENTS);
        int wanted = 1 + round % 5;
        for (int i = 0; i < wanted; i++) {
          intake.beginTurn();
          if (intake.poll() != null) {
            emitted++;
          }
        }
      }
      assertThat(emitted).as("credits are renewed").isGreaterThan(1000);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 5_000, 9_999})
    void neverAsksForMoreBytesThanMayWait(int bytes) {
      PartitionIntake small = intake(new IntakeWindow(1_000, 10_000));
      ManualReceiver link = attach(small);
      long sent = 0;
      long emitted = 0;
      for (int round = 0; round < 2_000; round++) {
        while (link.credit() > 0) {
          link.deliver(TestEvents.event("0", sent++, bytes));
        }
        assertThat((sent - emitted) * bytes).isLessThanOrEqualTo(10_000);
        small.beginTurn();
        if (small.poll() != null) {
          emitted++;
        }
      }
      assertThat(emitted).isEqualTo(2_000);
    }

    @Test
    void hasNoDemandWhileEverythingThatMayWaitWaits() {
      ManualReceiver link = attach();

      deliver(link, 0, MAX_EVENTS - 1);

      assertThat(intake.hasDemand()).isFalse();
      pollAll();
      assertThat(intake.hasDemand()).isTrue();
    }

    @Test
    void endsWithAnErrorIfMoreComesThanWasAskedFor() {
      ManualReceiver link = attach();

      deliver(link, 0, MAX_EVENTS);

      assertThat(link.isCancelled()).isTrue();
      assertThat(ends).hasSize(1);
      assertThat(ends.get(0).cause()).hasMessageContaining("more events arrived");
      assertThat(pollAll()).hasSize(MAX_EVENTS);
    }
  }

  @Nested
  class Ending {

    @Test
    void aCompletionIsALostLinkThatMayBeAttachedAgain() {
      ManualReceiver link = attach();
      deliver(link, 0, 0);

      link.complete();

      assertThat(ends).hasSize(1);
      assertThat(ends.get(0).cause()).isInstanceOf(ReceiveException.class);
      assertThat(ends.get(0).mayPass()).isTrue();
      assertThat(ends.get(0).hadReceived()).isTrue();
      assertThat(ends.get(0).stolen()).isFalse();
    }

    @Test
    void aStolenLinkIsReportedAsSuch() {
      ManualReceiver link = attach();

      link.fail(new AmqpException(false, AmqpErrorCondition.LINK_STOLEN, "new receiver", null));

      assertThat(ends).hasSize(1);
      assertThat(ends.get(0).stolen()).isTrue();
      assertThat(ends.get(0).mayPass()).isTrue();
      assertThat(ends.get(0).hadReceived()).isFalse();
    }

    @Test
    void aFailureIsReportedByItsMeaning() {
      ManualReceiver link = attach();

      link.fail(new AmqpException(true, AmqpErrorCondition.SERVER_BUSY_ERROR, "busy", null));

      assertThat(ends.get(0).cause()).isInstanceOf(ServiceUnavailableException.class);
      assertThat(ends.get(0).mayPass()).isTrue();
    }

    @Test
    void aFatalErrorOnTheIoThreadIsAnEndThatTryingAgainDoesNotCure() {
      ManualReceiver link = attach();

      link.deliver(TestEvents.throwing(new OutOfMemoryError("Java heap space")));

      assertThat(link.isCancelled()).isTrue();
      assertThat(ends).hasSize(1);
      assertThat(ends.get(0).mayPass()).isFalse();
      assertThat(ends.get(0).cause())
          .isInstanceOf(ReceiveException.class)
          .hasMessageContaining("OutOfMemoryError: Java heap space")
          .hasMessageContaining("lower max-buffered-bytes");
    }

    @Test
    void aFinishedPartitionDetachesAndReportsNothingAnyMore() {
      ManualReceiver link = attach();

      intake.finish();

      assertThat(link.isCancelled()).isTrue();
      assertThat(finishRequests).hasValue(1);
      link.deliver(TestEvents.event(0));
      link.complete();
      assertThat(intake.receivedCount()).isZero();
      assertThat(ends).isEmpty();
    }
  }

  @Nested
  class Emitting {

    @Test
    void aTurnEndsAfterABurst() {
      PartitionIntake large = intake(new IntakeWindow(100, Long.MAX_VALUE));
      deliver(attach(large), 0, 99);

      for (int events = 1; events < TurnLength.MOST_EVENTS; events *= 2) {
        for (int i = 0; i < events; i++) {
          assertThat(large.poll()).isNotNull();
        }
        assertThat(large.poll()).isNull();
        large.beginTurn();
      }
      for (int i = 0; i < TurnLength.MOST_EVENTS; i++) {
        assertThat(large.poll()).isNotNull();
      }
      assertThat(large.poll()).isNull();
      large.beginTurn();
      assertThat(large.poll()).isNotNull();
    }

    @Test
    void nothingIsEmittedWhilePaused() {
      deliver(attach(), 0, 0);
      paused.set(true);
      assertThat(pollAll()).isEmpty();

      paused.set(false);
      assertThat(pollAll()).containsExactly(0L);
    }

    @Test
    void nothingMoreOfATurnIsEmittedAfterAPauseOrTheEnd() {
      PartitionIntake large = afterAFastBeginning();
      assertThat(large.poll()).isNotNull();

      paused.set(true);
      assertThat(large.poll()).as("paused in the middle of a turn").isNull();

      paused.set(false);
      assertThat(large.poll()).isNotNull();
      large.finish();
      assertThat(large.poll()).as("finished in the middle of a turn").isNull();
    }

    /** An intake whose turns are as long as they may be, and in which events wait. */
    private PartitionIntake afterAFastBeginning() {
      PartitionIntake large = intake(new IntakeWindow(200, Long.MAX_VALUE));
      deliver(attach(large), 0, 199);
      for (int i = 0; i < 100; i++) {
        if (large.poll() == null) {
          large.beginTurn();
        }
      }
      large.beginTurn();
      return large;
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, 300_000, 2_000_000, 100_000_000})
    void theEndOfTheClaimIsSeenWithinAFewMillisecondsOfTheStreamsTime(long nanosPerEvent) {
      PartitionIntake large = intake(new IntakeWindow(200, Long.MAX_VALUE));
      deliver(attach(large), 0, 199);
      TestSessions.validUntil(session, 40 * nanosPerEvent);
      long lastBegun = 0;

      for (int i = 0; i < 150; i++) {
        large.beginTurn();
        while (large.poll() != null) {
          lastBegun = now.getAndAdd(nanosPerEvent);
        }
      }

      assertThat(lastBegun - 40 * nanosPerEvent)
          .as("ns that events were emitted after the end")
          .isLessThanOrEqualTo(TurnLength.LONGEST_NANOS);
    }

    @Test
    void nothingIsEmittedOnceTheClaimMayHaveExpiredUntilItIsRenewed() {
      deliver(attach(), 0, 0);
      TestSessions.validUntil(session, 100);
      now.set(100);
      assertThat(pollAll()).isEmpty();

      TestSessions.validUntil(session, 200);
      assertThat(pollAll()).containsExactly(0L);
      assertThat(intake.turnTime()).isEqualTo(100);
    }

    @Test
    void nothingIsEmittedWhileTooMuchIsUnacknowledgedAndTheNextAcknowledgementWakes() {
      deliver(attach(), 50, 50);
      CommittableOffset first = new CommittableOffset(session, 0, "o0");
      session.emitting(first, 0);
      for (int i = 1; i < 40; i++) {
        session.emitting(new CommittableOffset(session, i, "o" + i), 0);
      }
      assertThat(pollAll()).isEmpty();
      signal.arm();

      first.acknowledge();

      assertThat(wakeUps).hasValue(1);
      assertThat(pollAll()).containsExactly(50L);
    }

    @Test
    void aTurnEndsWithTheLastEventThatMayBeOutUnacknowledged() {
      deliver(attach(), 50, 57);
      for (int i = 0; i < 37; i++) {
        session.emitting(new CommittableOffset(session, i, "o" + i), 0);
      }

      int emitted = 0;
      for (int turn = 0; turn < 4; turn++) {
        intake.beginTurn();
        for (PartitionEvent event = intake.poll(); event != null; event = intake.poll()) {
          session.emitting(
              new CommittableOffset(session, event.getData().getSequenceNumber(), "o"), 0);
          emitted++;
        }
      }

      assertThat(emitted).isEqualTo(3);
      assertThat(session.unacknowledged()).isEqualTo(40);
      assertThat(pollAll()).isEmpty();
    }

    @Test
    void whatHasChangedSinceATurnFoundNothingIsSeen() {
      ManualReceiver link = attach();
      assertThat(intake.poll()).isNull();
      deliver(link, 0, 0);
      paused.set(true);

      assertThat(intake.poll()).isNull();
    }

    @Test
    void nothingIsEmittedOnceThePartitionIsFinished() {
      deliver(attach(), 0, 3);
      intake.finish();

      assertThat(pollAll()).isEmpty();
    }
  }

  @Nested
  class Stopping {

    @Test
    void dropsWhatWaitsAndTellsTheSession() {
      TestSessions.drain(session, drained::incrementAndGet);
      deliver(attach(), 0, 3);

      intake.stopped();

      assertThat(drained).hasValue(1);
      assertThat(pollAll()).isEmpty();
    }

    @Test
    void byTheUserTellsTheOwner() {
      intake.abandoned(false);

      assertThat(abandonments).hasValue(1);
    }

    @Test
    void byTheUserIsNoNewsToAnOwnerThatHasFinished() {
      intake.finish();

      intake.abandoned(false);

      assertThat(abandonments).hasValue(0);
    }

    @Test
    void throughAFailureDoesNotWaitForAcknowledgementsThatCannotCome() {
      TestSessions.drain(session, drained::incrementAndGet);
      session.emitting(new CommittableOffset(session, 0, "o0"), 0);

      intake.abandoned(true);
      assertThat(drained).hasValue(0);
      TestSessions.checkLateAcknowledgements(session, Duration.ofSeconds(1).toNanos());

      assertThat(drained).hasValue(1);
    }
  }
}
