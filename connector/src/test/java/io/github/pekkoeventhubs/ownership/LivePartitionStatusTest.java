// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.exception.ClientAuthenticationException;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ConsumerStatus.AcknowledgementFigures;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import io.github.pekkoeventhubs.DurationDistribution;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.continuity.PartitionRange;
import io.github.pekkoeventhubs.failure.AccessTokenException;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import io.github.pekkoeventhubs.life.Trouble;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LivePartitionStatusTest {

  private final AtomicLong now = new AtomicLong();
  private Instant time = Instant.EPOCH;
  private final LivePartitionStatus status =
      new LivePartitionStatus(
          new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0"),
          now::get,
          () -> time);
  private final PartitionSession session = begin(Acknowledgement.UNORDERED);
  private final List<CommittableOffset> emitted = new ArrayList<>();

  private PartitionSession begin(Acknowledgement acknowledgement) {
    PartitionSession begun =
        TestSessions.session(
            "0",
            true,
            acknowledgement,
            100,
            status.counters(),
            position -> CompletableFuture.completedFuture(CommitOutcome.COMMITTED));
    status.running(begun, new Received(9));
    return begun;
  }

  private void emit(int events) {
    for (int i = 0; i < events; i++) {
      CommittableOffset offset = new CommittableOffset(session, emitted.size(), "o");
      session.emitting(offset, now.get());
      emitted.add(offset);
    }
  }

  private AcknowledgementFigures figures() {
    return status.snapshot().acknowledgements();
  }

  @Test
  void nothingToReportBeforeTheFirstEpoch() {
    PartitionStatus fresh =
        new LivePartitionStatus(session.partition(), now::get, () -> time).snapshot();

    assertThat(fresh.acknowledgements()).isEqualTo(AcknowledgementFigures.NONE);
    assertThat(fresh.lag()).isEmpty();
  }

  @Test
  void theAgeIsThatOfTheOldestEventThatIsNotAcknowledged() {
    emit(1);
    now.addAndGet(Duration.ofSeconds(3).toNanos());
    emit(2);
    assertThat(figures().oldestUnacknowledgedAge()).contains(Duration.ofSeconds(3));

    emitted.forEach(CommittableOffset::acknowledge);
    assertThat(figures().oldestUnacknowledgedAge()).isEmpty();
  }

  @Test
  void whatIsAcknowledgedBehindAGapIsAhead() {
    emit(5);
    emitted.get(0).acknowledge();
    emitted.get(2).acknowledge();
    emitted.get(4).acknowledge();
    assertThat(figures().ahead()).isEqualTo(2);

    emitted.get(1).acknowledge();
    assertThat(figures().ahead()).isEqualTo(1);
  }

  @Test
  void skippedEventsAreCounted() {
    emit(2);
    emitted.forEach(CommittableOffset::skip);

    assertThat(figures().skipped()).isEqualTo(2);
  }

  @Test
  void whatWasAcknowledgedAndNotStoredWhenTheEpochEndedIsDroppedAndSoIsWhatComesLater() {
    status.committed(0);
    emit(5);
    emitted.subList(0, 3).forEach(CommittableOffset::acknowledge);
    session.end();
    status.ended(session);
    assertThat(figures().dropped()).isEqualTo(2);

    emitted.get(3).acknowledge();
    assertThat(figures().dropped()).isEqualTo(3);
  }

  @Test
  void theCountsOutliveTheirEpochAndItsAgeDoesNot() {
    emit(1);
    now.addAndGet(1);
    session.end();
    emitted.get(0).acknowledge();
    assertThat(figures().oldestUnacknowledgedAge()).isEmpty();

    begin(Acknowledgement.ORDERED);
    assertThat(figures())
        .isEqualTo(
            new AcknowledgementFigures(Optional.empty(), 0, 0, 1, DurationDistribution.NONE));
  }

  @Test
  void theLagCountsFromTheCheckpointToTheLastEventThatIsKnown() {
    status.committed(3);
    assertThat(status.snapshot().lag()).hasValue(6);

    status.describedAs(ending(20, false), false);
    assertThat(status.snapshot().lag()).hasValue(17);
  }

  private static PartitionRange ending(long last, boolean empty) {
    return new PartitionRange(empty, empty ? last + 1 : 0, last, "o" + last, Instant.EPOCH);
  }

  @Test
  void aPartitionWhoseEventsWereAllRemovedHasNothingToRead() {
    status.running(session, new Received(PartitionSession.NONE));
    status.committed(3);
    status.describedAs(ending(20, true), false);

    assertThat(status.snapshot().lastEnqueued()).hasValue(3);
    assertThat(status.snapshot().lag()).hasValue(0);
  }

  @Test
  void whatArrivedBeforeThePartitionBecameEmptyIsStillToBeCommitted() {
    status.committed(3);
    status.describedAs(ending(20, true), false);

    assertThat(status.snapshot().lastEnqueued()).hasValue(9);
    assertThat(status.snapshot().lag()).hasValue(6);
  }

  @Test
  void aCheckpointBeyondTheEndOfAnEmptyPartitionHasNoLag() {
    status.running(session, new Received(PartitionSession.NONE));
    status.committed(30);
    status.describedAs(ending(20, true), false);

    assertThat(status.snapshot().lastEnqueued()).hasValue(20);
    assertThat(status.snapshot().lag()).isEmpty();
  }

  @Test
  void theEndOfAnEmptyPartitionIsShownWhereNoPositionIsKnown() {
    status.running(session, new Received(PartitionSession.NONE));
    status.describedAs(ending(20, true), false);

    assertThat(status.snapshot().lastEnqueued()).hasValue(20);
    assertThat(status.snapshot().lag()).isEmpty();
  }

  @Test
  void anEndOfThePartitionBelowWhatWasReadIsShownAsTheServiceHasSaidIt() {
    status.committed(3);
    status.describedAs(ending(2, false), true);

    assertThat(status.snapshot().lastEnqueued()).hasValue(2);
    assertThat(status.snapshot().lag()).isEmpty();
  }

  @Test
  void anErrorHasATimeAndClearsWhenWhatFailedWorksAgain() {
    status.trouble(Trouble.LINK, new IllegalStateException("the link was closed"));
    assertThat(status.snapshot().lastError()).contains("the link was closed");
    assertThat(status.snapshot().lastErrorAt()).contains(Instant.EPOCH);

    status.works(Trouble.LINK);
    assertThat(status.snapshot().lastError()).isEmpty();
    assertThat(status.snapshot().lastErrorAt()).isEmpty();
  }

  @Test
  void ofTwoTroublesTheLaterIsShownUntilItEndsAndThenTheOther() {
    status.trouble(Trouble.LINK, new IllegalStateException("the link was closed"));
    time = Instant.EPOCH.plusSeconds(5);
    status.trouble(Trouble.RENEWAL, new IllegalStateException("server busy"));
    assertThat(status.snapshot().lastError()).contains("server busy");
    assertThat(status.snapshot().lastErrorAt()).contains(time);

    status.works(Trouble.RENEWAL);
    assertThat(status.snapshot().lastError()).contains("the link was closed");
    assertThat(status.snapshot().lastErrorAt()).contains(Instant.EPOCH);
  }

  @Test
  void anErrorOfAnEarlierEpochIsNotShownInTheNext() {
    status.trouble(Trouble.CLAIM, new IllegalStateException("server busy"));

    begin(Acknowledgement.ORDERED);

    assertThat(status.snapshot().lastError()).isEmpty();
  }

  private WaitsFor waitsFor() {
    return status.snapshot().waitsFor();
  }

  @Test
  void beforeTheEpochAPartitionWaitsForTheClaimOfAnotherOrForTheStore() {
    status.follow(State.LOOKING, Link.NONE);
    assertThat(waitsFor()).isEqualTo(WaitsFor.STORE);

    status.claimedBy("somebody else");
    status.follow(State.WAITING, Link.NONE);
    assertThat(waitsFor()).isEqualTo(WaitsFor.CLAIM);
    assertThat(status.snapshot().claimedBy()).contains("somebody else");

    begin(Acknowledgement.ORDERED);
    assertThat(status.snapshot().claimedBy()).isEmpty();
  }

  @Test
  void aStepThatFailsForNowWaitsForWhatHasFailed() {
    Throwable store = new PartitionStoreException("could not be reached", null, true);
    Throwable service = new ServiceUnavailableException("busy", null);
    Throwable token =
        new ServiceUnavailableException(
            "no token", new ClientAuthenticationException("not ready", null));
    Throwable tooLate =
        new PartitionStoreException(
            "no token", new AccessTokenException("none within 30000 ms", null), true);
    status.follow(State.WAITING, Link.NONE);

    status.trouble(Trouble.CLAIM, store);
    assertThat(waitsFor()).isEqualTo(WaitsFor.STORE);
    status.trouble(Trouble.CLAIM, service);
    assertThat(waitsFor()).isEqualTo(WaitsFor.CONNECTION);
    status.trouble(Trouble.CLAIM, token);
    assertThat(waitsFor()).isEqualTo(WaitsFor.TOKEN);
    status.trouble(Trouble.CLAIM, tooLate);
    assertThat(waitsFor()).isEqualTo(WaitsFor.TOKEN);
    status.trouble(Trouble.LINK, tooLate);
    assertThat(waitsFor()).isEqualTo(WaitsFor.TOKEN);
    status.works(Trouble.LINK);
    status.works(Trouble.CLAIM);
    assertThat(waitsFor()).isEqualTo(WaitsFor.CLAIM);
  }

  @Test
  void aLostLinkWaitsForTheConnectionAndThenForTheStoreThatIsAskedForTheClaim() {
    status.trouble(Trouble.LINK, new ServiceUnavailableException("refused", null));
    status.follow(State.RUNNING, Link.BACKING_OFF);
    assertThat(waitsFor()).isEqualTo(WaitsFor.CONNECTION);

    status.follow(State.RUNNING, Link.VERIFYING);
    assertThat(waitsFor()).isEqualTo(WaitsFor.STORE);

    status.follow(State.RUNNING, Link.ATTACHED);
    assertThat(waitsFor()).as("nothing has come through it").isEqualTo(WaitsFor.CONNECTION);
    status.works(Trouble.LINK);
    assertThat(waitsFor()).isEqualTo(WaitsFor.EVENTS);
  }

  @Test
  void anOpenLinkBesideWhichTheServiceDoesNotAnswerWaitsForTheConnection() {
    status.follow(State.RUNNING, Link.ATTACHED);
    status.trouble(Trouble.SERVICE, new ServiceUnavailableException("late", null));

    assertThat(waitsFor()).isEqualTo(WaitsFor.CONNECTION);
  }

  @Test
  void aRunningPartitionWaitsForAcknowledgementsAtTheBoundAndForTheStoreAfterItsValidity() {
    status.follow(State.RUNNING, Link.ATTACHED);
    emit(100);
    assertThat(waitsFor()).isEqualTo(WaitsFor.ACKNOWLEDGEMENTS);

    session.validUntil(now.get());
    assertThat(waitsFor()).isEqualTo(WaitsFor.STORE);
  }

  @ParameterizedTest
  @CsvSource({
    "DRAINING, STREAM",
    "USER_FINISHING, STREAM",
    "ACKNOWLEDGING, ACKNOWLEDGEMENTS",
    "FLUSHING, STORE",
    "RELEASING, STORE",
    "HOLDING, CLAIM"
  })
  void aPartitionThatIsHandedOverOrLostWaitsForTheNextStep(State life, WaitsFor expected) {
    status.trouble(Trouble.LINK, new ServiceUnavailableException("refused", null));

    status.follow(life, Link.NONE);

    assertThat(waitsFor()).isEqualTo(expected);
  }

  @Test
  void aReleasedPartitionLeavesNothingBehindButItsCounts() {
    emit(1);
    emitted.get(0).skip();
    status.committed(3);
    status.describedAs(ending(20, false), false);
    assertThat(status.isReleased()).isFalse();

    status.released();

    assertThat(status.isReleased()).isTrue();
    assertThat(status.snapshot().received()).isEmpty();
    assertThat(status.snapshot().lag()).isEmpty();
    assertThat(figures().skipped()).isEqualTo(1);
  }

  /** A session has a tracker, and a run a queue and the last event. */
  @Test
  void anEpochThatHasEndedIsShownAndNotKept() {
    EventHubPartition partition =
        new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "1");
    LivePartitionStatus live = new LivePartitionStatus(partition, now::get, () -> time);
    List<WeakReference<Object>> epoch = endedEpochOf(live);

    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return epoch.stream().allMatch(part -> part.get() == null);
            });
    assertThat(live.snapshot().received()).hasValue(9);
    assertThat(live.snapshot().emitted()).hasValue(0);
    assertThat(live.snapshot().acknowledged()).hasValue(0);
    assertThat(live.snapshot().inFlight()).isZero();
  }

  private static List<WeakReference<Object>> endedEpochOf(LivePartitionStatus live) {
    PartitionSession session = TestSessions.session("1", true, 100);
    Received run = new Received(9);
    live.running(session, run);
    CommittableOffset offset = new CommittableOffset(session, 0, "o");
    session.emitting(offset, 0);
    offset.acknowledge();
    session.end();
    live.ended(session);
    return List.of(new WeakReference<>(session), new WeakReference<>(run));
  }

  /** A run that has received up to this sequence number. */
  private static final class Received extends QuietRun {
    private final long last;

    Received(long last) {
      this.last = last;
    }

    @Override
    public long lastReceived() {
      return last;
    }
  }
}
