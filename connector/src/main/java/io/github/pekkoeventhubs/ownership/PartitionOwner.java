// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.life.Effect;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.Loss;
import io.github.pekkoeventhubs.life.PartitionLife;
import io.github.pekkoeventhubs.ownership.OwnerCommand.Check;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.annotation.InternalApi;

/**
 * The owner of one partition on this node: it passes the messages in its mailbox on to the {@link
 * PartitionLife}, and has the effects performed on the {@link OwnedPartition}.
 */
@InternalApi
public final class PartitionOwner extends AbstractBehavior<OwnerCommand>
    implements OwnerCommand.Recipient {

  private final OwnerResources resources;
  private final PartitionLife life;
  private final OwnedPartition owned;
  private final OwnerObserver observer;

  /**
   * An owner that has no stream yet.
   *
   * @param nanoTime the monotonic clock
   */
  public static Behavior<OwnerCommand> create(
      String partitionId, ClaimRules rules, OwnerObserver observer, LongSupplier nanoTime) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new PartitionOwner(context, timers, partitionId, rules, observer, nanoTime)));
  }

  private PartitionOwner(
      ActorContext<OwnerCommand> context,
      TimerScheduler<OwnerCommand> timers,
      String partitionId,
      ClaimRules rules,
      OwnerObserver observer,
      LongSupplier nanoTime) {
    super(context);
    this.observer = observer;
    this.life = new PartitionLife(rules.claims());
    this.resources =
        new OwnerResources(
            partitionId,
            rules,
            nanoTime,
            new OwnerMailbox(context.getSelf()),
            Adapter.toClassic(context.getSystem()).scheduler(),
            context.getExecutionContext(),
            new UnansweredClaims(),
            PendingReleases.get(context.getSystem()));
    OwnerDelays delays = new OwnerDelays(rules, () -> ThreadLocalRandom.current().nextDouble());
    this.owned = new OwnedPartition(resources, delays, observer, timers);
  }

  @Override
  public Receive<OwnerCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(OwnerCommand.class, command -> command.deliverTo(this))
        .onSignal(PostStop.class, signal -> stopped())
        .build();
  }

  // The commands of the owner.

  @Override
  public Behavior<OwnerCommand> offered(OwnerCommand.OfferStream command) {
    owned.serveOrQueue(command.stream());
    return happened(new LifeInput.StreamOffered());
  }

  @Override
  public Behavior<OwnerCommand> replaced(OwnerCommand.ReplaceStream command) {
    owned.serveOrQueue(command.next());
    return happened(new LifeInput.StreamReplaced(command.reason()));
  }

  @Override
  public Behavior<OwnerCommand> withdrawn(OwnerCommand.WithdrawStream command) {
    if (owned.removeFromQueue(command.stream())) {
      return happened(new LifeInput.NextStreamWithdrawn());
    }
    return owned.isServing(command.stream())
        ? happened(new LifeInput.StreamWithdrawn(command.reason()))
        : this;
  }

  @Override
  public Behavior<OwnerCommand> stopRequested(OwnerCommand.Stop command) {
    return happened(new LifeInput.StopRequested(command.reason()));
  }

  @Override
  public Behavior<OwnerCommand> claimDoubted(OwnerCommand.DoubtClaim command) {
    return happened(new LifeInput.ClaimDoubted());
  }

  @Override
  public Behavior<OwnerCommand> happened(LifeInput input) {
    if (!input.isOf(owned.epochNumber())) {
      return this;
    }
    String before = OwnerLog.state(life);
    OwnerLog log = owned.log();
    List<Effect> effects = input.tell(life);
    log.input(input, before, OwnerLog.state(life), effects);
    effects.forEach(effect -> effect.perform(owned));
    owned.show(life);
    return life.state() == State.STOPPED ? Behaviors.stopped() : this;
  }

  // Answers. An answer that comes too late must change nothing.

  @Override
  public Behavior<OwnerCommand> lookedUp(OwnerCommand.LookedUp answer) {
    if (!life.awaits(answer.operation())) {
      return this;
    }
    LifeInput input = owned.claim().lookedUp(answer);
    AwaitedOwner awaited = owned.served().awaitedOwner();
    if (input instanceof LifeInput.OwnedByAnother) {
      owned.claim().seen().ifPresent(record -> awaited.seen(record, now()));
    } else {
      awaited.gone();
    }
    return happened(input);
  }

  @Override
  public Behavior<OwnerCommand> claimAnswered(OwnerCommand.ClaimAnswered answer) {
    resources.unansweredClaims().answered(answer.operation());
    if (!life.awaits(answer.operation())) {
      UnansweredClaims.giveBack(answer.releases(), answer.outcome());
      return this;
    }
    LifeInput input = owned.claim().claimed(answer);
    passOnRequest();
    return happened(input);
  }

  @Override
  public Behavior<OwnerCommand> startFound(OwnerCommand.StartFound answer) {
    if (!life.awaits(answer.operation())) {
      return this;
    }
    if (answer.start().isEmpty()) {
      Loss loss = Loss.claimedBy("somebody else while fencing");
      return happened(new LifeInput.FenceLost(answer.operation(), loss));
    }
    if (life.holdsClaim() && owned.claim().trust().isExpired(now())) {
      // The stream is not told of an epoch that has no claim.
      return happened(new LifeInput.FenceLost(answer.operation(), Loss.EXPIRED));
    }
    owned.served().startFound(answer.start().get());
    return happened(new LifeInput.Fenced(answer.operation()));
  }

  @Override
  public Behavior<OwnerCommand> verifyAnswered(OwnerCommand.VerifyAnswered answer) {
    return life.awaits(answer.operation()) ? happened(owned.claim().verified(answer)) : this;
  }

  @Override
  public Behavior<OwnerCommand> renewalAnswered(OwnerCommand.RenewalAnswered answer) {
    if (!life.awaits(answer.operation())) {
      return this;
    }
    LifeInput input = owned.claim().renewed(answer);
    if (input instanceof LifeInput.Renewed) {
      passOnRequest();
      owned.claimRenewed();
    }
    return happened(input);
  }

  private void passOnRequest() {
    if (owned.claim().isHandOverRequested()) {
      observer.handOverRequested(resources.partitionId());
    }
  }

  @Override
  public Behavior<OwnerCommand> serviceAnswered(OwnerCommand.ServiceAnswered answer) {
    return owned
        .runningEpoch()
        .filter(asked -> asked.number() == answer.epoch())
        .flatMap(asked -> asked.serviceAnswered(answer, life.link()))
        .map(this::happened)
        .orElse(this);
  }

  @Override
  public Behavior<OwnerCommand> eventsMissed(OwnerCommand.EventsMissed command) {
    owned
        .runningEpoch()
        .filter(epoch -> epoch.number() == command.epoch())
        .ifPresent(RunningEpoch::eventsMissed);
    return this;
  }

  @Override
  public Behavior<OwnerCommand> checkpointAttempted(OwnerCommand.CheckpointAttempted attempt) {
    owned
        .runningEpoch()
        .filter(concerned -> concerned.number() == attempt.epoch())
        .ifPresent(concerned -> concerned.checkpointAttempted(attempt));
    return this;
  }

  // Checks.

  @Override
  public Behavior<OwnerCommand> checkDue(Check check) {
    return switch (check) {
      case VALIDITY -> checkValidity();
      case STALL -> {
        owned.runningEpoch().ifPresent(epoch -> epoch.checkForStall(life.link()));
        yield this;
      }
      case RECOVERY -> {
        owned.runningEpoch().ifPresent(epoch -> owned.checkRecovery(epoch, life.link()));
        yield this;
      }
      case LATE_ACKNOWLEDGEMENTS -> {
        owned.runningEpoch().ifPresent(RunningEpoch::checkLateAcknowledgements);
        yield this;
      }
    };
  }

  private Behavior<OwnerCommand> checkValidity() {
    if (!life.holdsClaim()) {
      owned.endValidityChecks();
      return this;
    }
    owned.checkValidityAgain();
    ClaimTrust trust = owned.claim().trust();
    if (trust.isExpired(now())) {
      return happened(new LifeInput.ClaimGone(owned.epochNumber(), Loss.EXPIRED));
    }
    // Without an epoch nothing is emitted that a pause of the process could make wrong.
    return owned.runningEpoch().map(epoch -> checkForPause(epoch, trust)).orElse(this);
  }

  private Behavior<OwnerCommand> checkForPause(RunningEpoch current, ClaimTrust trust) {
    long now = now();
    long before = trust.emitUntil();
    if (trust.noticesPause(now)) {
      current.log().paused();
      return happened(new LifeInput.ClaimDoubted());
    }
    current.validUntil(trust.emitUntil());
    // If the stage has just found that its time was over, nothing else would wake it.
    if (now() - before >= 0) {
      current.wake();
    }
    return this;
  }

  // The end.

  @Override
  public Behavior<OwnerCommand> flushNow(OwnerCommand.FlushNow command) {
    if (life.awaits(command.operation())) {
      owned.runningEpoch().ifPresent(epoch -> flush(epoch, command.operation()));
    }
    return this;
  }

  private void flush(RunningEpoch epoch, long operation) {
    if (epoch.hasProgressed()) {
      life.progressed();
    }
    epoch.flush(operation);
  }

  private Behavior<OwnerCommand> stopped() {
    owned.abandon();
    resources.unansweredClaims().giveBackAll();
    return this;
  }

  private long now() {
    return resources.nanoTime().getAsLong();
  }
}
