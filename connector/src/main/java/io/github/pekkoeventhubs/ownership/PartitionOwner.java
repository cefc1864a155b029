// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgementTracker;
import io.github.pekkoeventhubs.ownership.PartitionLife.Effect;
import io.github.pekkoeventhubs.ownership.PartitionLife.Timer;
import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.CommitRetry;
import io.github.pekkoeventhubs.store.FenceOutcome;
import io.github.pekkoeventhubs.store.FencedCheckpoint;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import io.github.pekkoeventhubs.store.PartitionCheckpointer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** The owner of one partition on this node: performs the effects of its {@link PartitionLife}. */
@InternalApi
public final class PartitionOwner extends AbstractBehavior<OwnerCommand> {

  /** Who is told what becomes of a partition. Calls come from the owner's thread. */
  public interface Observer {

    /** The partition is not served by this stream any more, and may be offered another. */
    void parked(String partitionId, ConsumerStream formerStream);

    /** The partition is about to end on this node, and nothing of it is held any more. */
    void stopping(String partitionId);

    /**
     * The partition is not owned here, and will be looked at again after a while.
     *
     * @param lost whether it was owned here until now
     */
    default void waiting(String partitionId, boolean lost) {}

    /** A neighbour asks for the partition. */
    default void handOverRequested(String partitionId) {}
  }

  private static final Duration VALIDITY_CHECK = Duration.ofMillis(500);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_FENCE_RETRY = Duration.ofSeconds(5);

  /** A stream that fails may be passing the offset before to its committer, on another thread. */
  private static final Duration ON_THE_WAY = Duration.ofMillis(250);

  private static final double RENEWAL_JITTER = 0.1;
  private static final int STALLED_POLLS = 2;

  private final String partitionId;
  private final OwnerKind kind;
  private final Observer observer;
  private final LongSupplier nanoTime;
  private final TimerScheduler<OwnerCommand> timers;
  private final PartitionLife life;

  private @Nullable ConsumerStream stream;
  private @Nullable ConsumerStream nextStream;

  // Of the claim.
  private Optional<StoredOwnership> seen = Optional.empty();
  private @Nullable OwnershipClaim claim;
  private final ClaimTrust trust = new ClaimTrust();

  // Of the epoch.
  private @Nullable StartingPoint startingPoint;
  private @Nullable PartitionSession session;
  private @Nullable PartitionCheckpointer checkpointer;
  private ConsumerStream.@Nullable PartitionRun run;
  private boolean revoked;

  // Of the epoch before, if it was one of the same stream.
  private @Nullable AcknowledgedPosition resumeAfter;

  private boolean hadAcknowledged;

  /** The partition was not served by this stream before, or was lost in between. */
  private boolean assignedAnew = true;

  private long countAtLastCheck;
  private int silentPolls;
  private boolean pollUnderWay;
  private ConsumerStream.@Nullable PartitionRun warnedOf;

  public static Behavior<OwnerCommand> create(
      String partitionId, OwnerKind kind, Observer observer, LongSupplier nanoTime) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new PartitionOwner(context, timers, partitionId, kind, observer, nanoTime)));
  }

  private PartitionOwner(
      ActorContext<OwnerCommand> context,
      TimerScheduler<OwnerCommand> timers,
      String partitionId,
      OwnerKind kind,
      Observer observer,
      LongSupplier nanoTime) {
    super(context);
    context.setLoggerName("io.github.pekkoeventhubs.PartitionOwner");
    this.timers = timers;
    this.partitionId = partitionId;
    this.kind = kind;
    this.observer = observer;
    this.nanoTime = nanoTime;
    this.life = new PartitionLife(kind.claims());
  }

  @Override
  public Receive<OwnerCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(OwnerCommand.OfferStream.class, message -> offered(message.stream()))
        .onMessage(OwnerCommand.ReplaceStream.class, this::replaced)
        .onMessage(OwnerCommand.WithdrawStream.class, this::withdrawn)
        .onMessage(
            OwnerCommand.Stop.class, message -> perform(life.stopRequested(message.reason())))
        .onMessage(OwnerCommand.Happened.class, message -> perform(message.event().apply(life)))
        .onMessage(OwnerCommand.CheckValidity.class, message -> checkValidity())
        .onMessage(OwnerCommand.CheckForStall.class, message -> checkForStall())
        .onSignal(PostStop.class, signal -> stopped())
        .build();
  }

  private Behavior<OwnerCommand> offered(ConsumerStream offer) {
    waits(offer);
    return perform(life.streamOffered());
  }

  private Behavior<OwnerCommand> replaced(OwnerCommand.ReplaceStream message) {
    waits(message.next());
    return perform(life.streamReplaced(message.reason()));
  }

  private void waits(ConsumerStream offer) {
    if (stream == null) {
      serve(offer);
    } else {
      nextStream = offer;
    }
  }

  private void serve(ConsumerStream next) {
    stream = next;
    next.standing(partitionId).owner(kind.ownerId());
  }

  private Behavior<OwnerCommand> withdrawn(OwnerCommand.WithdrawStream message) {
    if (message.stream() == nextStream) {
      nextStream = null;
      observer.parked(partitionId, message.stream());
      return perform(life.nextStreamWithdrawn());
    }
    return message.stream() == stream ? perform(life.streamWithdrawn(message.reason())) : this;
  }

  private Behavior<OwnerCommand> perform(List<Effect> effects) {
    boolean stop = false;
    for (Effect effect : effects) {
      stop |= perform(effect);
    }
    report();
    return stop ? Behaviors.stopped() : this;
  }

  /** Answers whether the owner is to stop. */
  private boolean perform(Effect effect) {
    if (effect instanceof Effect.LookUp lookUp) {
      lookUp(lookUp.operation());
    } else if (effect instanceof Effect.Claim request) {
      claim(request.operation());
    } else if (effect instanceof Effect.Fence fence) {
      fence(fence.operation());
    } else if (effect instanceof Effect.BeginEpoch) {
      beginEpoch();
    } else if (effect instanceof Effect.Attach attach) {
      attach(attach.operation());
    } else if (effect instanceof Effect.Verify verify) {
      verify(verify.operation());
    } else if (effect instanceof Effect.Renew renew) {
      renew(renew.operation());
    } else if (effect instanceof Effect.BeginDrain drain) {
      beginDrain(drain.reason());
    } else if (effect instanceof Effect.Flush flush) {
      flush(flush.operation());
    } else if (effect instanceof Effect.Release release) {
      release(release.operation());
    } else if (effect instanceof Effect.EndEpoch end) {
      endEpoch(end.lost(), end.reason());
    } else if (effect instanceof Effect.StartTimer start) {
      happensAfter(delay(start.timer(), start.attempt()), start.timer());
      if (start.timer() == Timer.CLAIM_RETRY || start.timer() == Timer.HOLD) {
        observer.waiting(partitionId, start.timer() == Timer.HOLD);
      }
    } else if (effect instanceof Effect.CancelTimer cancel) {
      timers.cancel(cancel.timer());
    } else if (effect instanceof Effect.FailStream fail) {
      currentStream().standing(partitionId).error(fail.error());
      currentStream().fail(fail.error());
    } else if (effect instanceof Effect.Report problem) {
      getContext()
          .getLog()
          .warn("[{}] {}: {}", partition(), problem.what(), problem.error().getMessage());
      currentStream().standing(partitionId).error(problem.error());
    } else if (effect instanceof Effect.ReportForeignReader foreign) {
      getContext()
          .getLog()
          .warn(
              kind.claims()
                  ? "[{}] another receiver took the link {} times in a row although the claim"
                      + " stands: somebody reads this consumer group without claiming partitions"
                  : "[{}] another receiver with an owner level has taken the link, or keeps it, {}"
                      + " times in a row: somebody reads the partition in this consumer group",
              partition(),
              foreign.thefts());
    } else if (effect instanceof Effect.NextStream) {
      nextStream();
    } else if (effect instanceof Effect.Parked) {
      parked();
    } else {
      observer.stopping(partitionId);
      return true;
    }
    return false;
  }

  // Claiming.

  private void lookUp(long operation) {
    whenKnown(
        operation,
        store().readOwnership(partition()),
        record -> {
          seen = record;
          return kind.mayClaim(record, settings())
              ? life -> life.mayClaim(operation)
              : life -> life.ownedByAnother(operation);
        },
        error -> life -> life.lookUpFailed(operation, error, mayPass(error)));
  }

  private void claim(long operation) {
    long sentAt = nanoTime.getAsLong();
    OwnershipProtocol protocol = new OwnershipProtocol(store());
    Function<ClaimOutcome, Function<PartitionLife, List<Effect>>> known =
        outcome -> {
          if (outcome instanceof ClaimOutcome.Held held) {
            adopt(held.claim(), sentAt);
            return life -> life.claimed(operation);
          }
          return life -> life.claimRefused(operation);
        };
    getContext()
        .pipeToSelf(
            protocol.claim(partition(), seen, kind.ownerId()),
            (outcome, error) ->
                new OwnerCommand.Happened(
                    life -> {
                      if (life.awaits(operation)) {
                        return judged(
                                outcome,
                                error,
                                known,
                                failure ->
                                    current ->
                                        current.claimFailed(operation, failure, mayPass(failure)))
                            .apply(life);
                      }
                      // It was given up, and would keep others waiting until it expires.
                      if (outcome instanceof ClaimOutcome.Held held) {
                        protocol.release(held.claim());
                      }
                      return List.of();
                    }));
  }

  private void adopt(OwnershipClaim held, long sentAt) {
    claim = held;
    if (held.record().handOverRequester().isPresent()) {
      observer.handOverRequested(partitionId);
    }
    trust.written(sentAt, settings().ownership().validity());
    trustSession();
  }

  private void trustSession() {
    PartitionSession current = session;
    if (current != null) {
      current.validUntil(trust.emitUntil());
    }
  }

  private void fence(long operation) {
    whenKnown(
        operation,
        start(),
        start ->
            start.isPresent()
                ? fenced(start.get(), operation)
                : life -> life.fenceLost(operation, "claimed by somebody else while fencing"),
        error -> life -> life.fenceFailed(operation, error, mayPass(error)));
  }

  /** Where the epoch starts, with all earlier owners fenced off; empty if the claim is gone. */
  private CompletionStage<Optional<StartingPoint>> start() {
    ConsumerStream current = currentStream();
    Optional<AcknowledgedPosition> resumed = Optional.ofNullable(resumeAfter);
    CompletionStage<Optional<EventPosition>> positionGiven =
        assignedAnew || resumed.isEmpty()
            ? current
                .positionOnAssign(partitionId)
                .thenApply(given -> given.or(() -> kind.fixedPosition(partitionId)))
            : CompletableFuture.completedFuture(Optional.empty());
    if (!kind.claims()) {
      return positionGiven
          .thenCompose(given -> StartingPoint.ofUnclaimed(current, partitionId, given, resumed))
          .thenApply(Optional::of);
    }
    OwnershipClaim held = currentClaim();
    PartitionStore claimedIn = store();
    return positionGiven.thenCompose(
        given ->
            FencedCheckpoint.fence(
                    claimedIn,
                    held,
                    () ->
                        current.checkpointAt(
                            partitionId, given.or(() -> current.settings().initialPosition())))
                .thenCompose(
                    outcome ->
                        outcome instanceof FenceOutcome.Fenced fenced
                            ? StartingPoint.ofClaimed(
                                    current, partitionId, fenced.checkpoint(), given, resumed)
                                .thenApply(Optional::of)
                            : CompletableFuture.completedFuture(Optional.empty())));
  }

  private Function<PartitionLife, List<Effect>> fenced(StartingPoint point, long operation) {
    startingPoint = point;
    return life -> life.fenced(operation);
  }

  // The epoch.

  private void beginEpoch() {
    trust.begins(nanoTime.getAsLong());
    ConsumerStream current = currentStream();
    StartingPoint point = Objects.requireNonNull(startingPoint);
    PartitionStanding standing = current.standing(partitionId);
    PartitionCheckpointer checkpoints = checkpointer(point);
    PartitionSession newSession =
        new PartitionSession(
            partition(),
            current.isCommittable(),
            settings().acknowledgement(),
            AcknowledgementTracker.create(
                settings().acknowledgement(), point.acknowledged(), settings().maxUncommitted()),
            kind.claims() ? trust.emitUntil() : Long.MAX_VALUE / 2 + nanoTime.getAsLong(),
            standing.counters(),
            position ->
                checkpoints == null
                    ? StartingPoint.nothingStored()
                    : checkpoints
                        .store(position)
                        .whenComplete(
                            (outcome, error) ->
                                checkpoints
                                    .stored()
                                    .ifPresent(
                                        stored ->
                                            stored
                                                .sequenceNumber()
                                                .ifPresent(standing::committed))));
    if (resumeAfter != null && hadAcknowledged) {
      newSession.startWasAcknowledged();
    }
    checkpointer = checkpoints;
    session = newSession;
    revoked = false;
    if (point.acknowledged().sequenceNumber() != PartitionSession.NONE) {
      standing.committed(point.acknowledged().sequenceNumber());
    }
    ConsumerStream.PartitionRun newRun =
        current.begin(
            newSession,
            point.startAfter(),
            () -> tell(life -> life.abandoned("the partition's stream has ended")));
    run = newRun;
    standing.running(newSession, newRun);
    countAtLastCheck = 0;
    silentPolls = 0;
    if (kind.claims()) {
      timers.startTimerWithFixedDelay(
          OwnerCommand.CheckValidity.INSTANCE, OwnerCommand.CheckValidity.INSTANCE, VALIDITY_CHECK);
    }
    timers.startTimerWithFixedDelay(
        OwnerCommand.CheckForStall.INSTANCE,
        OwnerCommand.CheckForStall.INSTANCE,
        settings().stallCheck());
    getContext()
        .getLog()
        .info(
            "[{}] assigned to {}, reading from {}", partition(), current.id(), point.startAfter());
    if (current.isCommittable()) {
      point
          .checkpointBeyond()
          .ifPresent(
              stored ->
                  getContext()
                      .getLog()
                      .warn(
                          "[{}] starts after sequence number {}, below its checkpoint at {}: commits"
                              + " are skipped until that is passed",
                          partition(),
                          point.acknowledged().sequenceNumber(),
                          stored));
    }
    current.notifyListener(new PartitionLifecycle.Assigned(partition()));
  }

  private @Nullable PartitionCheckpointer checkpointer(StartingPoint point) {
    return point.writer() == null
        ? null
        : new PartitionCheckpointer(
            partition(),
            point.writer(),
            CommitRetry.DEFAULT,
            Adapter.toClassic(getContext().getSystem()).scheduler(),
            getContext().getExecutionContext(),
            () -> tell(life -> life.claimGone("claimed by somebody else")));
  }

  private void attach(long operation) {
    if (kind.claims() && trust.isExpired(nanoTime.getAsLong())) {
      tell(life -> life.claimGone("the claim could not be renewed in time"));
      return;
    }
    currentRun()
        .attach(
            end ->
                tell(
                    life ->
                        life.receiverEnded(
                            operation,
                            end.cause(),
                            end.stolen(),
                            end.hadReceived(),
                            end.mayPass())),
            () -> tell(life -> life.receiverOutgrown(operation)));
  }

  private void verify(long operation) {
    whenKnown(
        operation,
        new OwnershipProtocol(store()).verify(currentClaim()),
        outcome -> {
          if (outcome instanceof ClaimOutcome.Held held) {
            claim = held.claim();
            return life -> life.verified(operation);
          }
          return life -> life.verifyLost(operation, takenBy(outcome));
        },
        error -> life -> life.verifyFailed(operation, error));
  }

  private void renew(long operation) {
    long sentAt = nanoTime.getAsLong();
    whenKnown(
        operation,
        new OwnershipProtocol(store()).renew(currentClaim()),
        outcome -> {
          if (outcome instanceof ClaimOutcome.Held held) {
            adopt(held.claim(), sentAt);
            if (run != null) {
              run.wake();
            }
            return life -> life.renewed(operation);
          }
          return life -> life.renewalLost(operation, takenBy(outcome));
        },
        error -> life -> life.renewalFailed(operation, error));
  }

  private static String takenBy(ClaimOutcome outcome) {
    String owner =
        outcome instanceof ClaimOutcome.Lost lost
            ? lost.current().map(StoredOwnership::ownerId).orElse("")
            : "";
    return owner.isEmpty() ? "the claim was removed" : "claimed by " + owner;
  }

  private Behavior<OwnerCommand> checkValidity() {
    long now = nanoTime.getAsLong();
    if (trust.isExpired(now)) {
      return perform(life.claimGone("the claim could not be renewed in time"));
    }
    long before = trust.emitUntil();
    if (trust.noticesPause(now)) {
      getContext()
          .getLog()
          .warn("[{}] was paused: looking at the claim before anything is emitted", partition());
      return perform(life.claimDoubted());
    }
    trustSession();
    // Where the stage has found the time over just now, nothing else would wake it.
    if (run != null && nanoTime.getAsLong() - before >= 0) {
      run.wake();
    }
    return this;
  }

  /**
   * A receiver that waits for events while the service has some is dead without knowing it, and so
   * is a connection through which the service does not even answer. Two polls in a row have to say
   * so, since an event, or an answer, may be on its way. One that does not wait for events is not
   * judged, but what the service has is asked for the status all the same: the lag of a partition
   * that the stream keeps waiting is what one wants to know most.
   */
  private Behavior<OwnerCommand> checkForStall() {
    ConsumerStream.PartitionRun current = run;
    warnIfNotRun(current);
    if (current == null || life.link() != PartitionLife.Link.ATTACHED) {
      countAtLastCheck = current == null ? 0 : current.receivedCount();
      silentPolls = 0;
      return this;
    }
    boolean waits = current.hasDemand() && current.receivedCount() == countAtLastCheck;
    if (!waits) {
      countAtLastCheck = current.receivedCount();
      silentPolls = 0;
    }
    if (pollUnderWay) {
      return this;
    }
    pollUnderWay = true;
    ConsumerStream asked = currentStream();
    getContext()
        .pipeToSelf(
            asked.partitionProperties(partitionId),
            (properties, error) ->
                new OwnerCommand.Happened(
                    life -> {
                      pollUnderWay = false;
                      if (current != run) {
                        return List.of();
                      }
                      if (properties != null) {
                        asked
                            .standing(partitionId)
                            .lastEnqueued(properties.getLastEnqueuedSequenceNumber());
                      }
                      return waits ? judgeSilence(life, current, properties, error) : List.of();
                    }));
    return this;
  }

  private void warnIfNotRun(ConsumerStream.@Nullable PartitionRun current) {
    if (current != null && current != warnedOf && !current.isRun()) {
      warnedOf = current;
      getContext()
          .getLog()
          .warn(
              "[{}] assigned for {}, and its source has not been run: nobody reads the partition,"
                  + " here or elsewhere. Run every source as soon as it is emitted, for example with"
                  + " a breadth of flatMapMerge that is as high as the number of partitions",
              partition(),
              settings().stallCheck());
    }
  }

  private List<Effect> judgeSilence(
      PartitionLife current,
      ConsumerStream.PartitionRun silentRun,
      @Nullable PartitionProperties properties,
      @Nullable Throwable error) {
    String symptom = null;
    if (properties != null) {
      symptom =
          isBehind(silentRun, properties)
              ? "no event has arrived although the partition has events up to sequence number "
                  + properties.getLastEnqueuedSequenceNumber()
              : null;
    } else if (error != null) {
      // A refusal has come through the connection: another one would not change it.
      symptom = isUnanswered(error) ? "neither events nor answers arrive" : null;
      getContext()
          .getLog()
          .warn(
              "[{}] could not find out whether the silent receiver misses events: {}",
              partition(),
              error.getMessage());
    }
    boolean silent = symptom != null && silentRun.receivedCount() == countAtLastCheck;
    silentPolls = silent ? silentPolls + 1 : 0;
    if (symptom == null || silentPolls < STALLED_POLLS) {
      return List.of();
    }
    silentPolls = 0;
    silentRun.abandonConnection();
    return current.receiverStalled(new ServiceUnavailableException(symptom, null));
  }

  private static boolean isUnanswered(Throwable error) {
    return StageFailure.causeOf(error) instanceof ServiceUnavailableException unavailable
        && unavailable.getCause() instanceof TimeoutException;
  }

  private boolean isBehind(ConsumerStream.PartitionRun silentRun, PartitionProperties properties) {
    long known = lastKnown(silentRun);
    if (properties.isEmpty()) {
      return false;
    }
    return known == PartitionSession.NONE
        ? !properties
            .getLastEnqueuedOffset()
            .equals(Objects.requireNonNull(startingPoint).acknowledged().offset())
        : properties.getLastEnqueuedSequenceNumber() > known;
  }

  private long lastKnown(ConsumerStream.PartitionRun current) {
    return current.lastReceived() == PartitionSession.NONE
        ? Objects.requireNonNull(startingPoint).acknowledged().sequenceNumber()
        : current.lastReceived();
  }

  // Handing over.

  private void beginDrain(String reason) {
    timers.cancel(OwnerCommand.CheckForStall.INSTANCE);
    getContext().getLog().info("[{}] handing over: {}", partition(), reason);
    currentStream()
        .notifyListener(new PartitionLifecycle.Revoking(partition(), settings().handoverTimeout()));
    if (checkpointer != null) {
      checkpointer.hurry();
    }
    currentRun().finish();
    PartitionSession ending = currentSession();
    CompletableFuture<Done> userHasFinished = new CompletableFuture<>();
    ending
        .whenEmissionStopped()
        .thenRun(
            () ->
                tell(
                    current -> {
                      if (session == ending) {
                        letUserFinish(current, userHasFinished);
                      }
                      return List.of();
                    }));
    ending.beginDraining(
        () ->
            userHasFinished.thenRun(
                () -> tell(current -> session == ending ? current.drained() : List.of())));
  }

  /** Only while the partition is held here: what a user stores later may be a successor's. */
  private void letUserFinish(PartitionLife current, CompletableFuture<Done> finished) {
    if (current.isRestarting()) {
      finished.complete(Done.getInstance());
    } else {
      revoked = true;
      currentStream().revoked(partitionId).thenRun(() -> finished.complete(Done.getInstance()));
    }
  }

  private void flush(long operation) {
    if (currentSession().mayBeAboutToBeAcknowledged()) {
      timers.startSingleTimer(
          "flush later",
          new OwnerCommand.Happened(
              current -> {
                if (current.awaits(operation)) {
                  flushNow(operation);
                }
                return List.of();
              }),
          ON_THE_WAY);
    } else {
      flushNow(operation);
    }
  }

  private void flushNow(long operation) {
    if (currentSession().hasProgressed()) {
      life.progressed();
    }
    currentSession()
        .flush()
        .whenComplete(
            (outcome, error) -> {
              if (error != null) {
                getContext()
                    .getSystem()
                    .log()
                    .warn("[{}] the last checkpoint could not be stored", partition(), error);
              }
              tell(life -> life.flushed(operation));
            });
  }

  private void release(long operation) {
    new OwnershipProtocol(store())
        .release(currentClaim())
        .whenComplete((outcome, error) -> tell(life -> life.released(operation)));
  }

  private void endEpoch(boolean lost, String reason) {
    timers.cancel(OwnerCommand.CheckValidity.INSTANCE);
    timers.cancel(OwnerCommand.CheckForStall.INSTANCE);
    ConsumerStream current = currentStream();
    PartitionSession ending = currentSession();
    boolean restarting = !lost && nextStream == null && life.state() == PartitionLife.State.FENCING;
    // It was to stay here when the last event was emitted, and is not to any more.
    if (!lost && !restarting && !revoked && ending.hasEmissionStopped()) {
      current.revoked(partitionId);
    }
    resumeAfter = endOf(ending, current, lost);
    hadAcknowledged = ending.hasAcknowledged();
    assignedAnew = lost;
    ending.end();
    current.standing(partitionId).ended(ending);
    if (checkpointer != null) {
      checkpointer.close();
    }
    currentRun().finish();
    if (lost) {
      getContext().getLog().warn("[{}] lost: {}", partition(), reason);
      current.notifyListener(new PartitionLifecycle.Lost(partition(), reason));
    } else {
      current.notifyListener(new PartitionLifecycle.Revoked(partition(), reason));
    }
    session = null;
    run = null;
    checkpointer = null;
  }

  /**
   * Where the same stream would go on. After a loss others may have committed more: a committable
   * stream starts from the checkpoint then.
   */
  private static @Nullable AcknowledgedPosition endOf(
      PartitionSession ending, ConsumerStream stream, boolean lost) {
    if (stream.isCommittable()) {
      AcknowledgedPosition end = ending.acknowledged();
      return lost || end.sequenceNumber() == PartitionSession.NONE ? null : end;
    }
    return ending.lastEmitted() == PartitionSession.NONE
        ? null
        : new AcknowledgedPosition(ending.lastEmitted(), "", Map.of(), "");
  }

  private void parked() {
    claim = null;
    nextStream();
  }

  /** Nothing of the former stream is left to do; what was claimed for it stays claimed. */
  private void nextStream() {
    ConsumerStream former = stream;
    ConsumerStream next = nextStream;
    resumeAfter = null;
    assignedAnew = true;
    stream = null;
    nextStream = null;
    if (next != null) {
      serve(next);
    }
    if (former != null) {
      former.standing(partitionId).state(OwnerState.RELEASED);
      observer.parked(partitionId, former);
    }
  }

  /** Without a hand-over: the actor system or the shard ends at once. */
  private Behavior<OwnerCommand> stopped() {
    if (session != null) {
      endEpoch(true, "the owner was stopped");
    }
    return this;
  }

  // Small things.

  private Duration delay(Timer timer, int attempt) {
    ConsumerSettings settings = settings();
    Duration handover = settings.handoverTimeout();
    return switch (timer) {
      case CLAIM_RETRY -> backoff(FIRST_RETRY, settings.ownership().claimRetryInterval(), attempt);
      case HOLD ->
          backoff(settings.ownership().lossMinHold(), settings.ownership().lossMaxHold(), attempt);
      case FENCE_RETRY -> backoff(FIRST_RETRY, longestFenceRetry(settings), attempt);
      case ATTACH ->
          backoff(settings.reconnectMinBackoff(), settings.reconnectMaxBackoff(), attempt);
      case RENEWAL ->
          Duration.ofMillis(
              (long)
                  (kind.renewalInterval(settings).toMillis()
                      * (1 - RENEWAL_JITTER * ThreadLocalRandom.current().nextDouble())));
      case RENEWAL_RETRY -> settings.ownership().renewalRetryInterval();
      case DRAIN_DEADLINE -> handover.multipliedBy(5).dividedBy(8);
      case FLUSH_DEADLINE -> handover.dividedBy(4);
      case RELEASE_DEADLINE -> handover.dividedBy(8);
    };
  }

  /** The claim is not renewed meanwhile. */
  private Duration longestFenceRetry(ConsumerSettings settings) {
    if (!kind.claims()) {
      return LONGEST_FENCE_RETRY;
    }
    Duration renewal = kind.renewalInterval(settings);
    return renewal.compareTo(LONGEST_FENCE_RETRY) < 0 ? renewal : LONGEST_FENCE_RETRY;
  }

  private static Duration backoff(Duration minimum, Duration maximum, int attempt) {
    Duration longest = maximum.compareTo(minimum) < 0 ? minimum : maximum;
    return new Backoff(minimum, longest, () -> ThreadLocalRandom.current().nextDouble())
        .delay(attempt);
  }

  private void happensAfter(Duration delay, Timer timer) {
    timers.startSingleTimer(
        timer, new OwnerCommand.Happened(life -> life.timerFired(timer)), delay);
  }

  private void tell(Function<PartitionLife, List<Effect>> event) {
    getContext().getSelf().tell(new OwnerCommand.Happened(event));
  }

  /**
   * Handles an answer on the owner's own thread, if it is still waited for: an answer to an earlier
   * attempt or epoch must not leave a trace in this one.
   */
  private <T> void whenKnown(
      long operation,
      CompletionStage<T> answer,
      Function<T, Function<PartitionLife, List<Effect>>> known,
      Function<Throwable, Function<PartitionLife, List<Effect>>> failed) {
    getContext()
        .pipeToSelf(
            answer,
            (value, error) ->
                new OwnerCommand.Happened(
                    life ->
                        life.awaits(operation)
                            ? judged(value, error, known, failed).apply(life)
                            : List.of()));
  }

  private static <T> Function<PartitionLife, List<Effect>> judged(
      @Nullable T value,
      @Nullable Throwable error,
      Function<T, Function<PartitionLife, List<Effect>>> known,
      Function<Throwable, Function<PartitionLife, List<Effect>>> failed) {
    if (error != null) {
      return failed.apply(StageFailure.causeOf(error));
    }
    try {
      return known.apply(Objects.requireNonNull(value));
    } catch (CheckpointUnreadableException unreadable) {
      return failed.apply(unreadable);
    }
  }

  private static boolean mayPass(Throwable error) {
    return error instanceof ServiceUnavailableException
        || (error instanceof PartitionStoreException failure && failure.isTransient());
  }

  private void report() {
    ConsumerStream current = stream;
    if (current == null) {
      return;
    }
    Consumer<OwnerState> say = current.standing(partitionId)::state;
    switch (life.state()) {
      case LOOKING, WAITING -> say.accept(OwnerState.WAITING);
      case HOLDING -> say.accept(OwnerState.LOST);
      case CLAIMING, FENCING -> say.accept(OwnerState.CLAIMING);
      case RUNNING ->
          say.accept(
              life.link() == PartitionLife.Link.ATTACHED
                  ? OwnerState.RUNNING
                  : OwnerState.RECONNECTING);
      case DRAINING, FLUSHING, RELEASING -> say.accept(OwnerState.DRAINING);
      case PARKED, STOPPED -> say.accept(OwnerState.RELEASED);
    }
  }

  private EventHubPartition partition() {
    ConsumerStream current = stream;
    return current == null
        ? new EventHubPartition("unknown", "unknown", "unknown", partitionId)
        : current.partition(partitionId);
  }

  private ConsumerSettings settings() {
    return currentStream().settings();
  }

  private PartitionStore store() {
    return settings().partitionStore().orElseThrow();
  }

  private ConsumerStream currentStream() {
    return Objects.requireNonNull(stream, "stream");
  }

  private OwnershipClaim currentClaim() {
    return Objects.requireNonNull(claim, "claim");
  }

  private PartitionSession currentSession() {
    return Objects.requireNonNull(session, "session");
  }

  private ConsumerStream.PartitionRun currentRun() {
    return Objects.requireNonNull(run, "run");
  }
}
