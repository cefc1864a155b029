// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.AnotherEventHubException;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.LossReason;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgementTracker;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.continuity.PartitionRange;
import io.github.pekkoeventhubs.continuity.ReadStart;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import io.github.pekkoeventhubs.life.Trouble;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.store.PartitionCheckpointer;
import io.github.pekkoeventhubs.store.WriteRetry;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.time.Duration;
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
  private final OwnerLog log;
  private final StallWatch stallWatch;
  private final ReceiverEndMeaning endMeaning;
  private final EventsInWork inWork;
  private final StuckReceivers stuckReceivers;
  private final MissedEventsReport missed;
  private final LinkRecovery recovery = new LinkRecovery();
  private final CheckpointTrouble checkpointTrouble = new CheckpointTrouble();

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
    PartitionTracing tracing = stream.tracing(partition);
    this.checkpointer = checkpointer(resources, stream.settings(), tracing);
    AcknowledgementTracker tracker = tracker(stream.settings());
    this.session =
        new PartitionSession(
            EpochIdentity.next(partition, start.fencingToken()),
            stream.isCommittable(),
            stream.settings().acknowledgement(),
            tracker,
            validUntil,
            status.counters(),
            resources.nanoTime(),
            tracing,
            this::store);
    this.log = OwnerLog.of(session);
    if (tracker.ignoresGapMap()) {
      log.gapMapIgnored(start);
    }
    this.startWasAcknowledged = resumption.after().isPresent() && resumption.acknowledged();
    beginsAtItsStart();
    long epoch = session.number();
    OwnerMailbox mailbox = resources.mailbox();
    this.missed =
        new MissedEventsReport(
            stream,
            log,
            status.continuity().missed(),
            () -> mailbox.tell(new OwnerCommand.EventsMissed(epoch)));
    Continuity continuity = start.continuity();
    ContinuitySettings settings = stream.settings().continuity();
    this.run =
        stream.begin(
            session,
            new ReadStart(start.startAfter(), continuity, missed.missed(), settings),
            () -> mailbox.tell(new LifeInput.Abandoned(epoch)));
    start.missed().ifPresent(missed.missed()::found);
    this.inWork = eventsInWork();
    this.stuckReceivers =
        new StuckReceivers(log, settings, continuity, run, status, inWork, this::readingFails);
    this.stallWatch = new StallWatch(stream, log, session, run, start, mailbox);
    this.endMeaning =
        new ReceiverEndMeaning(
            partition, start, settings, stuckReceivers, stallWatch::ask, resources.nanoTime());
    status.running(session, run);
  }

  private void beginsAtItsStart() {
    if (startWasAcknowledged) {
      session.startWasAcknowledged();
    }
    if (start.acknowledged().sequenceNumber() != PartitionSession.NONE) {
      status.committed(start.acknowledged().sequenceNumber());
    }
  }

  private EventsInWork eventsInWork() {
    Duration patience = stream.settings().handoverTimeout();
    return new EventsInWork(log, session, run, patience, resources.nanoTime());
  }

  private AcknowledgementTracker tracker(ConsumerSettings settings) {
    return AcknowledgementTracker.create(
        settings.acknowledgement(), start.acknowledged(), settings.maxUncommitted());
  }

  private Optional<PartitionCheckpointer> checkpointer(
      OwnerResources resources, ConsumerSettings settings, PartitionTracing tracing) {
    return Optional.ofNullable(start.writer())
        .map(
            writer ->
                new PartitionCheckpointer(
                    partition,
                    TracedCheckpointWriter.around(writer, tracing),
                    WriteRetry.during(settings.ownership().validity()),
                    resources.scheduler(),
                    resources.executor(),
                    new OwnersWriteListener(this::number, resources.mailbox(), status.traffic())));
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
    log.assigned(stream.id(), start);
    if (stream.isCommittable()) {
      start.checkpointBeyond().ifPresent(stored -> log.startsBelowCheckpoint(start, stored));
    }
    stream.notifyListener(new PartitionLifecycle.Assigned(partition, start.fencingToken()));
  }

  /** The number of the session: inputs of an epoch carry it. */
  long number() {
    return session.number();
  }

  /** The lines of this epoch. */
  OwnerLog log() {
    return log;
  }

  // The link.

  void attach(long operation) {
    if (inWork.isAwaited()) {
      return;
    }
    recovery.attaching();
    endMeaning.attaching();
    status.traffic().receiverAttached();
    OwnerMailbox mailbox = resources.mailbox();
    if (stuckReceivers.attaching()) {
      run.attach(
          end -> mailbox.tell(endMeaning.of(number(), operation, end, run)),
          () -> mailbox.tell(new LifeInput.ReceiverOutgrown(operation)));
    }
  }

  private void readingFails(Throwable lasting) {
    resources.mailbox().tell(new LifeInput.ReadingFailed(number(), lasting));
  }

  /** The link is lost, and will be attached again. */
  void linkLost() {
    recovery.lost(resources.nanoTime().getAsLong(), run.receivedCount());
  }

  /**
   * Checks whether a lost link delivers again, and logs it once; or whether a stream that was to
   * finish what has arrived may fail.
   *
   * @return whether nothing more has to be checked
   */
  boolean checkRecovery(Link link) {
    inWork.dueFailure().ifPresent(this::readingFails);
    if (isReading(link) && recovery.recoversWith(run.receivedCount())) {
      recovered();
    }
    return !recovery.isLost() && !inWork.isAwaited();
  }

  private boolean isReading(Link link) {
    return link == Link.ATTACHED && !inWork.isAwaited();
  }

  private void recovered() {
    status.works(Trouble.LINK);
    Duration outage = Duration.ofNanos(resources.nanoTime().getAsLong() - recovery.lostAt());
    log.readingAgain(outage, recovery.attempts());
  }

  void checkForStall(Link link) {
    inWork.dueFailure().ifPresent(this::readingFails);
    missed.report();
    storeSkips();
    stuckReceivers.check(isReading(link));
    if (stallWatch.check(isReading(link))) {
      recovery.asked();
    }
  }

  /** Events were missing. */
  void eventsMissed() {
    missed.found();
  }

  /** No committer has seen a skipped event, and none may store that the position has passed it. */
  private void storeSkips() {
    if (session.hasUnstoredSkips()) {
      session
          .flush()
          .whenComplete(
              (outcome, error) -> {
                if (error != null) {
                  log.skipsNotStored(error);
                }
              });
    }
  }

  /** The service has answered; returns what the life is to be told, if there is anything. */
  Optional<LifeInput> serviceAnswered(OwnerCommand.ServiceAnswered answer, Link link) {
    Optional<AnotherEventHubException> contradiction = stallWatch.contradiction(answer);
    if (answer.properties() != null) {
      status.describedAs(PartitionRange.of(answer.properties()), contradiction.isPresent());
    }
    if (contradiction.isPresent()) {
      return Optional.of(new LifeInput.ReadingFailed(number(), contradiction.get()));
    }
    Optional<ServiceUnavailableException> stall = stallWatch.judge(answer);
    stuckReceivers.answered(answer.properties(), stall.isPresent());
    if (answer.error() != null && stallWatch.isSuspicious()) {
      status.trouble(Trouble.SERVICE, answer.error());
    } else {
      status.works(Trouble.SERVICE);
    }
    boolean works = stallWatch.vouches(answer) && stall.isEmpty() && isReading(link);
    if (works && recovery.recoversWithAnswer()) {
      recovered();
    }
    return stall.map(cause -> new LifeInput.ReceiverStalled(number(), cause));
  }

  // The claim.

  /** Events may be emitted until then, by the monotonic clock. */
  void validUntil(long nanoTime) {
    session.validUntil(nanoTime);
  }

  /** The claim stands, and events may be emitted until then, by the monotonic clock. */
  void claimRenewed(long nanoTime) {
    validUntil(nanoTime);
    wake();
  }

  /** Makes the stage check again, after a change that it may be waiting for. */
  void wake() {
    run.wake();
  }

  // Checkpoints.

  /** Shows in the status and in the log how the writes of checkpoints go. */
  void checkpointAttempted(OwnerCommand.CheckpointAttempted attempt) {
    long now = resources.nanoTime().getAsLong();
    Throwable cause = attempt.failure();
    if (cause == null) {
      status.works(Trouble.CHECKPOINT);
      checkpointTrouble.worksAgain(now).ifPresent(outage -> log.checkpointsWorkAgain(outage));
      return;
    }
    status.trouble(Trouble.CHECKPOINT, cause);
    Duration validity = stream.settings().ownership().validity();
    checkpointTrouble.failed(now).ifPresent(soFar -> log.checkpointsFail(soFar, validity, cause));
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

  /** Ends the drain of a stream that has failed when nothing is acknowledged any more. */
  void checkLateAcknowledgements() {
    session.checkLateAcknowledgements(resources.nanoTime().getAsLong());
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
                log.flushFailed(error);
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
  Resumption end(Optional<LossReason> loss, String reason) {
    boolean lost = loss.isPresent();
    Resumption next =
        endMeaning
            .refusal()
            .filter(refusal -> !lost)
            .map(Resumption::after)
            .orElseGet(() -> Resumption.after(session, stream.isCommittable(), lost));
    Repetition repetition = repetition();
    status.traffic().moved(loss, repetition.events());
    session.end();
    status.ended(session);
    status.works(Trouble.CHECKPOINT);
    checkpointer.ifPresent(PartitionCheckpointer::close);
    run.finish();
    if (lost) {
      log.lost(repetition.isNothing() ? reason : reason + "; " + repetition);
      stream.notifyListener(new PartitionLifecycle.Lost(partition, reason));
    } else {
      stream.notifyListener(new PartitionLifecycle.Revoked(partition, reason));
    }
    return next;
  }
}
