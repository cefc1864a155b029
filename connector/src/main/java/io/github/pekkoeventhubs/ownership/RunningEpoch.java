// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgementTracker;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import io.github.pekkoeventhubs.life.Trouble;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.store.CommitRetry;
import io.github.pekkoeventhubs.store.PartitionCheckpointer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * One epoch of one partition, from its beginning in the stream to its end. For the owner's thread
 * alone. The session, the run and the checkpointer have their own rules for threads.
 */
final class RunningEpoch {

  private final OwnerResources resources;
  private final StreamOfGroup stream;
  private final EventHubPartition partition;
  private final StartingPoint start;
  private final boolean startWasAcknowledged;
  private final LivePartitionStatus status;
  private final Optional<PartitionCheckpointer> checkpointer;
  private final PartitionSession session;
  private final PartitionRun run;
  private final StallWatch stallWatch;
  private final LinkRecovery recovery = new LinkRecovery();

  /**
   * Begins the epoch in the stream.
   *
   * @param validUntil until when the claim is trusted, by the monotonic clock
   */
  RunningEpoch(
      OwnerResources resources,
      StreamOfGroup stream,
      StartingPoint start,
      Resumption resumption,
      long validUntil) {
    this.resources = resources;
    this.stream = stream;
    this.partition = stream.partition(resources.partitionId());
    this.start = start;
    this.status = stream.status(resources.partitionId());
    this.checkpointer =
        Optional.ofNullable(start.writer())
            .map(
                writer ->
                    new PartitionCheckpointer(
                        partition,
                        writer,
                        CommitRetry.DEFAULT,
                        resources.scheduler(),
                        resources.executor(),
                        this::claimFoundGone));
    this.session =
        new PartitionSession(
            partition,
            stream.isCommittable(),
            stream.settings().acknowledgement(),
            AcknowledgementTracker.create(
                stream.settings().acknowledgement(),
                start.acknowledged(),
                stream.settings().maxUncommitted()),
            validUntil,
            status.counters(),
            this::store);
    this.startWasAcknowledged = resumption.after().isPresent() && resumption.acknowledged();
    if (startWasAcknowledged) {
      session.startWasAcknowledged();
    }
    if (start.acknowledged().sequenceNumber() != PartitionSession.NONE) {
      status.committed(start.acknowledged().sequenceNumber());
    }
    long epoch = session.number();
    OwnerMailbox mailbox = resources.mailbox();
    this.run =
        stream.begin(
            session, start.startAfter(), () -> mailbox.tell(new LifeInput.Abandoned(epoch)));
    this.stallWatch = new StallWatch(stream, partition, epoch, run, start, mailbox);
    status.running(session, run);
  }

  private void claimFoundGone() {
    resources.mailbox().tell(new LifeInput.ClaimGone(session.number(), "claimed by somebody else"));
  }

  private CompletionStage<CommitOutcome> store(CheckpointPosition position) {
    return checkpointer
        .map(
            checkpoints ->
                checkpoints
                    .store(position)
                    .whenComplete((outcome, error) -> stored().ifPresent(status::committed)))
        .orElseGet(StartingPoint::nothingStored);
  }

  private OptionalLong stored() {
    return checkpointer
        .flatMap(PartitionCheckpointer::stored)
        .map(StoredCheckpoint::sequenceNumber)
        .orElse(OptionalLong.empty());
  }

  /** Tells the log and the user's listener that the partition is being read from here on. */
  void announce() {
    OwnerLog.assigned(partition, stream.id(), start);
    if (stream.isCommittable()) {
      start
          .checkpointBeyond()
          .ifPresent(stored -> OwnerLog.startsBelowCheckpoint(partition, start, stored));
    }
    stream.notifyListener(new PartitionLifecycle.Assigned(partition));
  }

  /** The number of the session: inputs of an epoch carry it. */
  long number() {
    return session.number();
  }

  // The link.

  void attach(long operation) {
    recovery.attaching();
    OwnerMailbox mailbox = resources.mailbox();
    run.attach(
        end -> mailbox.tell(new LifeInput.ReceiverEnded(operation, end)),
        () -> mailbox.tell(new LifeInput.ReceiverOutgrown(operation)));
  }

  /** The link is lost, and will be attached again. */
  void linkLost() {
    recovery.lost(resources.nanoTime().getAsLong(), run.receivedCount());
  }

  /**
   * Checks whether a lost link delivers again, and logs it once.
   *
   * @return whether nothing more has to be checked
   */
  boolean checkRecovery(Link link) {
    if (link == Link.ATTACHED && recovery.recoversWith(run.receivedCount())) {
      recovered();
    }
    return !recovery.isLost();
  }

  private void recovered() {
    status.works(Trouble.LINK);
    Duration outage = Duration.ofNanos(resources.nanoTime().getAsLong() - recovery.lostAt());
    OwnerLog.readingAgain(partition, outage, recovery.attempts());
  }

  void checkForStall(Link link) {
    if (stallWatch.check(link == Link.ATTACHED)) {
      recovery.asked();
    }
  }

  /** The service has answered; returns the reason to replace the receiver, if there is one. */
  Optional<ServiceUnavailableException> serviceAnswered(
      OwnerCommand.ServiceAnswered answer, Link link) {
    if (answer.properties() != null) {
      status.lastEnqueued(answer.properties().getLastEnqueuedSequenceNumber());
    }
    Optional<ServiceUnavailableException> stall = stallWatch.judge(answer);
    boolean works = answer.properties() != null && stall.isEmpty() && link == Link.ATTACHED;
    if (works && recovery.recoversWithAnswer()) {
      recovered();
    }
    return stall;
  }

  // The claim.

  /** Events may be emitted until then, by the monotonic clock. */
  void validUntil(long nanoTime) {
    session.validUntil(nanoTime);
  }

  /** The claim stands, and events may be emitted until then, by the monotonic clock. */
  void claimRenewed(long nanoTime) {
    status.works(Trouble.RENEWAL);
    validUntil(nanoTime);
    wake();
  }

  /** Makes the stage check again, after a change that it may be waiting for. */
  void wake() {
    run.wake();
  }

  // The end.

  /** Stops receiving and emitting, and tells the life of each step. */
  void beginDrain() {
    checkpointer.ifPresent(PartitionCheckpointer::hurry);
    run.finish();
    OwnerMailbox mailbox = resources.mailbox();
    long epoch = number();
    session.whenEmissionStopped().thenRun(() -> mailbox.tell(new LifeInput.EmissionStopped(epoch)));
    session.beginDraining(() -> mailbox.tell(new LifeInput.Drained(epoch)));
  }

  /** Whether an acknowledgement may be on its way to a committer that has not joined yet. */
  boolean mayBeAboutToBeAcknowledged() {
    return session.mayBeAboutToBeAcknowledged();
  }

  /** Whether anything was done in this epoch. */
  boolean hasProgressed() {
    return session.hasProgressed();
  }

  /** Tries to store the acknowledged position. */
  void flush(long operation) {
    session
        .flush()
        .whenComplete(
            (outcome, error) -> {
              if (error != null) {
                OwnerLog.flushFailed(partition, error);
              }
              resources.mailbox().tell(new LifeInput.Flushed(operation));
            });
  }

  /**
   * Returns how many events the next owner will emit again if nothing more of this epoch is stored.
   */
  Repetition repetition() {
    if (!stream.isCommittable()) {
      return new Repetition(false, 0, 0);
    }
    long acknowledged = session.lastAcknowledged();
    // If the start itself was not acknowledged, no owner repeats the events below it.
    long lowest =
        startWasAcknowledged ? PartitionSession.NONE : start.acknowledged().sequenceNumber();
    long confirmed = Math.max(stored().orElse(PartitionSession.NONE), lowest);
    boolean isUnconfirmed = session.hasAcknowledged() && acknowledged > confirmed;
    // A checkpoint without a sequence number does not say how many events came after it.
    long unconfirmed = confirmed == PartitionSession.NONE ? 1 : acknowledged - confirmed;
    return new Repetition(true, session.unacknowledged(), isUnconfirmed ? unconfirmed : 0);
  }

  /**
   * Ends the epoch: nothing of it is stored from now on. Returns the facts for the stream's next
   * epoch.
   */
  Resumption end(boolean lost, String reason) {
    Resumption next = new Resumption(resumeAfter(lost), session.hasAcknowledged(), lost);
    Repetition repetition = repetition();
    session.end();
    status.ended(session);
    checkpointer.ifPresent(PartitionCheckpointer::close);
    run.finish();
    if (lost) {
      OwnerLog.lost(partition, repetition.isNothing() ? reason : reason + "; " + repetition);
      stream.notifyListener(new PartitionLifecycle.Lost(partition, reason));
    } else {
      stream.notifyListener(new PartitionLifecycle.Revoked(partition, reason));
    }
    return next;
  }

  /**
   * Returns the start of the stream's next epoch. After a loss others may have committed more: then
   * a committable stream starts from the checkpoint.
   */
  private Optional<AcknowledgedPosition> resumeAfter(boolean lost) {
    if (stream.isCommittable()) {
      AcknowledgedPosition end = session.acknowledged();
      return lost || end.sequenceNumber() == PartitionSession.NONE
          ? Optional.empty()
          : Optional.of(end);
    }
    return session.lastEmitted() == PartitionSession.NONE
        ? Optional.empty()
        : Optional.of(new AcknowledgedPosition(session.lastEmitted(), "", Map.of(), ""));
  }
}
