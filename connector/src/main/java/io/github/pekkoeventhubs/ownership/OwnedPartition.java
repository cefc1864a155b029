// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.LossReason;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.life.Effect;
import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import io.github.pekkoeventhubs.life.Loss;
import io.github.pekkoeventhubs.life.PartitionLife;
import io.github.pekkoeventhubs.life.Trouble;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.ownership.OwnerCommand.Check;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The present parts of an owned partition: the stream, the claim, the epoch and the hand-over, one
 * object each, which exists exactly as long as that part lasts. It performs the effects of the
 * partition's life on them. For the owner's thread alone.
 */
final class OwnedPartition implements Effect.Performer {

  private static final CommonTimes VALIDITY_CHECKS = new CommonTimes(Duration.ofMillis(500));
  private static final Duration RECOVERY_CHECK = Duration.ofMillis(500);

  private static final Duration LATE_ACKNOWLEDGEMENTS_CHECK = Duration.ofMillis(50);

  /** Sessions are numbered from 1. */
  private static final long NO_EPOCH = 0;

  private final OwnerResources resources;
  private final String partitionId;
  private final ClaimRules rules;
  private final OwnerDelays delays;
  private final OwnerObserver observer;
  private final TimerScheduler<OwnerCommand> timers;
  private OwnerLog outsideOfEpochs;

  // Each is there for as long as it lasts, and null otherwise.
  private @Nullable ServedStream served;
  private @Nullable StreamOfGroup nextStream;
  private @Nullable ClaimKeeper claim;
  private @Nullable RunningEpoch epoch;
  private @Nullable HandOver handOver;

  OwnedPartition(
      OwnerResources resources,
      OwnerDelays delays,
      OwnerObserver observer,
      TimerScheduler<OwnerCommand> timers) {
    this.resources = resources;
    this.partitionId = resources.partitionId();
    this.rules = resources.rules();
    this.delays = delays;
    this.observer = observer;
    this.timers = timers;
    this.outsideOfEpochs =
        new OwnerLog(
            new EventHubPartition("unknown", "unknown", "unknown", partitionId),
            LogKeys.NONE.partition(partitionId));
  }

  // The parts that exist now.

  /** Returns the partition as streams name it; before the first, the known part of its name. */
  EventHubPartition partition() {
    return outsideOfEpochs.partition();
  }

  /** The lines of the partition, in the epoch that runs. */
  OwnerLog log() {
    return epoch == null ? outsideOfEpochs : epoch.log();
  }

  /** The stream that has the partition. */
  ServedStream served() {
    return Objects.requireNonNull(served, "served");
  }

  boolean isServing(StreamOfGroup stream) {
    return served != null && served.stream() == stream;
  }

  /** The claim that is asked for or held. */
  ClaimKeeper claim() {
    return Objects.requireNonNull(claim, "claim");
  }

  /** The epoch that runs. */
  Optional<RunningEpoch> runningEpoch() {
    return Optional.ofNullable(epoch);
  }

  /** Returns the number of the running epoch; without one, a number that no epoch has. */
  long epochNumber() {
    return epoch == null ? NO_EPOCH : epoch.number();
  }

  private RunningEpoch epoch() {
    return Objects.requireNonNull(epoch, "epoch");
  }

  private ConsumerSettings settings() {
    return served().stream().settings();
  }

  private LivePartitionStatus status() {
    return served().stream().status(partitionId);
  }

  private long now() {
    return resources.nanoTime().getAsLong();
  }

  /** Serves the stream, or keeps it to be served after the one that has the partition. */
  void serveOrQueue(StreamOfGroup offer) {
    if (served == null) {
      serve(offer);
    } else {
      nextStream = offer;
    }
  }

  private void serve(StreamOfGroup next) {
    served = new ServedStream(next, partitionId);
    outsideOfEpochs = OwnerLog.of(next.partition(partitionId));
    next.status(partitionId).owner(rules.ownerId());
  }

  /** Forgets the stream if it waits to be served; false if it does not wait. */
  boolean removeFromQueue(StreamOfGroup stream) {
    boolean waited = nextStream == stream;
    if (waited) {
      nextStream = null;
      observer.parked(partitionId, stream);
    }
    return waited;
  }

  /**
   * Called when all effects of an input are performed: updates the status, and tells the observer
   * about the partition.
   */
  void show(PartitionLife life) {
    HandOver ending = handOver;
    if (ending != null && !HandOver.isUnderWay(life.state())) {
      handOver = null;
      if (life.userWasCutOff()) {
        ending.userWasCutOff();
      }
      ending.ended(now(), life.missedDeadlines());
    }
    if (served != null) {
      status().follow(life.state(), life.link());
    }
  }

  /** The owner ends without a hand-over: the actor system or the shard ends at once. */
  void abandon() {
    if (epoch != null) {
      endEpoch(Optional.of(Loss.STOPPED.reason()), Loss.STOPPED.text());
    }
  }

  // Effects: the claim.

  @Override
  public void lookUp(Effect.LookUp effect) {
    served().claimBegins();
    claim = new ClaimKeeper(resources, served().stream());
    claim.lookUp(effect.operation());
  }

  @Override
  public void claim(Effect.Claim effect) {
    claim().claim(effect.operation());
  }

  @Override
  public void fence(Effect.Fence effect) {
    if (rules.claims()) {
      checkValidityAgain();
    }
    EpochStart start =
        new EpochStart(
            served().stream(), partitionId, rules, served().resumption(), served().startDoubts());
    CompletionStage<Optional<StartingPoint>> found =
        rules.claims() ? start.claimed(claim().held()) : start.unclaimed().thenApply(Optional::of);
    resources
        .mailbox()
        .tellWhenKnown(
            found,
            point -> new OwnerCommand.StartFound(effect.operation(), point),
            error -> new LifeInput.FenceFailed(effect.operation(), error));
  }

  @Override
  public void verify(Effect.Verify effect) {
    claim().verify(effect.operation());
  }

  @Override
  public void renew(Effect.Renew effect) {
    claim().renew(effect.operation());
  }

  @Override
  public void release(Effect.Release effect) {
    claim().release(effect.operation());
  }

  @Override
  public void giveBack(Effect.GiveBack effect) {
    claim().giveBack();
  }

  // Effects: the epoch.

  @Override
  public void beginEpoch(Effect.BeginEpoch effect) {
    long validUntil = Long.MAX_VALUE / 2 + now();
    if (rules.claims()) {
      claim().trust().begins(now());
      validUntil = claim().trust().emitUntil();
    }
    epoch =
        new RunningEpoch(
            resources, served().stream(), served().takeStart(), served().resumption(), validUntil);
    timers.startTimerWithFixedDelay(Check.STALL, Check.STALL, settings().stallCheck());
    epoch.announce();
  }

  @Override
  public void attach(Effect.Attach effect) {
    if (rules.claims() && claim().trust().isExpired(now())) {
      resources.mailbox().tell(new LifeInput.ClaimGone(epoch().number(), Loss.EXPIRED));
    } else {
      epoch().attach(effect.operation());
    }
  }

  @Override
  public void beginDrain(Effect.BeginDrain effect) {
    timers.cancel(Check.STALL);
    timers.cancel(Check.RECOVERY);
    log().handingOver(effect.reason());
    ConsumerSettings settings = settings();
    handOver =
        new HandOver(log(), now(), timer -> delays.delay(timer, 0, settings), status().traffic());
    served().stream()
        .notifyListener(new PartitionLifecycle.Revoking(partition(), settings.handoverTimeout()));
    epoch().beginDrain();
    timers.startTimerWithFixedDelay(
        Check.LATE_ACKNOWLEDGEMENTS, Check.LATE_ACKNOWLEDGEMENTS, LATE_ACKNOWLEDGEMENTS_CHECK);
  }

  @Override
  public void letUserFinish(Effect.LetUserFinish effect) {
    OwnerMailbox mailbox = resources.mailbox();
    served().stream()
        .revoked(partitionId)
        .thenRun(() -> mailbox.tell(new LifeInput.UserFinished(effect.operation())));
  }

  @Override
  public void flush(Effect.Flush effect) {
    resources.mailbox().tell(new OwnerCommand.FlushNow(effect.operation()));
  }

  @Override
  public void endEpoch(Effect.EndEpoch effect) {
    endEpoch(effect.loss(), effect.reason());
  }

  private void endEpoch(Optional<LossReason> loss, String reason) {
    timers.cancel(Check.STALL);
    timers.cancel(Check.RECOVERY);
    timers.cancel(Check.LATE_ACKNOWLEDGEMENTS);
    RunningEpoch ending = epoch();
    if (loss.isPresent()) {
      // The loss is logged instead.
      handOver = null;
    } else if (handOver != null) {
      handOver.epochEnded(ending.repetition());
    }
    epoch = null;
    served().epochEnded(ending.end(loss, reason));
  }

  // Effects: timers, reports, streams.

  @Override
  public void startTimer(Effect.StartTimer effect) {
    Timer timer = effect.timer();
    Duration delay = delays.delay(timer, effect.attempt(), settings());
    timers.startSingleTimer(timer, new LifeInput.TimerFired(timer), delay);
    if (timer == Timer.CLAIM_RETRY || timer == Timer.HOLD) {
      observer.waiting(partitionId, timer == Timer.HOLD);
    }
  }

  @Override
  public void cancelTimer(Effect.CancelTimer effect) {
    timers.cancel(effect.timer());
  }

  @Override
  public void failStream(Effect.FailStream effect) {
    status().trouble(Trouble.STREAM, effect.error());
    served().stream().fail(effect.error());
  }

  @Override
  public void report(Effect.Report effect) {
    log().trouble(effect.what(), effect.error());
    status().trouble(effect.trouble(), effect.error());
    if (effect.trouble() == Trouble.LINK) {
      watchForRecovery();
    }
  }

  @Override
  public void reportForeignReader(Effect.ReportForeignReader effect) {
    log().foreignReader(rules.claims(), effect.thefts());
    watchForRecovery();
  }

  /** At the same time as the others, so that all of them wake few threads. */
  void checkValidityAgain() {
    timers.startSingleTimer(Check.VALIDITY, Check.VALIDITY, VALIDITY_CHECKS.delayAt(now()));
  }

  /** Nothing is held any more that could become invalid. */
  void endValidityChecks() {
    timers.cancel(Check.VALIDITY);
  }

  /** The claim was renewed: events may be emitted for longer. */
  void claimRenewed() {
    status().works(Trouble.RENEWAL);
    if (epoch != null) {
      epoch.claimRenewed(claim().trust().emitUntil());
    }
  }

  /** Looks whether a link that was lost delivers again, until it does. */
  void checkRecovery(RunningEpoch current, Link link) {
    if (current.checkRecovery(link)) {
      timers.cancel(Check.RECOVERY);
    }
  }

  private void watchForRecovery() {
    epoch().linkLost();
    timers.startTimerWithFixedDelay(Check.RECOVERY, Check.RECOVERY, RECOVERY_CHECK);
  }

  @Override
  public void nextStream(Effect.NextStream effect) {
    nextStream();
  }

  @Override
  public void parked(Effect.Parked effect) {
    claim = null;
    nextStream();
  }

  /** The former stream is finished. A claim that was made for it stays. */
  private void nextStream() {
    ServedStream former = served;
    StreamOfGroup next = nextStream;
    served = null;
    nextStream = null;
    if (next != null) {
      serve(next);
    }
    if (former != null) {
      former.stream().status(partitionId).released();
      observer.parked(partitionId, former.stream());
    }
  }

  @Override
  public void stop(Effect.Stop effect) {
    observer.stopping(partitionId);
  }
}
