// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnMissedEvents;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.EventsMissedException;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.continuity.ContinuityFailures;
import io.github.pekkoeventhubs.continuity.PartitionRange;
import io.github.pekkoeventhubs.ownership.PartitionRun.OwnConnection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the event at which each receiver of an epoch ends without a reason. For the owner's thread
 * alone.
 *
 * <p>When the SDK cannot decode a message, its connection stops. All receivers of that connection
 * complete some seconds later, without an error: none of them learns the reason, nor which of them
 * it was (azure-core-amqp 2.12.1: {@code ReceiverDeliveryHandler} reports it to the subscriber of
 * its messages, and {@code MessageFlux} drops that error). A lost connection looks the same.
 *
 * <p>So a receiver has to show it. It gets a connection that no other partition uses, and begins
 * with the last event that arrived, or with that of the checkpoint. If that event comes again, the
 * receiver works; if it ends then although the partition has more, it has ended at the next event.
 * Two receivers have to show the same, and four before an event is left out: a connection that is
 * lost each time at the same event looks like that as well, and nothing brings back an event that
 * was left out. A receiver that is replaced since no event has come shows nothing: the event may be
 * on its way.
 *
 * <p>The event with which a receiver begins need not come again. It may be gone, or be the one that
 * cannot be decoded: a checkpoint can be moved there. So a receiver that did not get it is followed
 * by one that begins after it. That one shows less: it counts half, and only where the receiver
 * before it worked.
 */
final class StuckReceivers {

  /** The weight of a receiver that got the event before once more, and then ended. */
  private static final int PROOF = 2;

  private static final int PROOFS_TO_FAIL = 2 * PROOF;
  private static final int PROOFS_TO_LEAVE_OUT = 4 * PROOF;

  /** Every so many receivers that have shown nothing, the log says so. */
  private static final int ATTEMPTS_PER_WARNING = 3;

  /** After so many of them the connection goes to another partition that waits for one. */
  private static final int ATTEMPTS_BEFORE_OTHERS = 2 * ATTEMPTS_PER_WARNING;

  private enum Attempt {
    /** The receiver shows nothing about an event. */
    USUAL,
    /** It begins with the last event that arrived. */
    BEGINS_AGAIN,
    /** It begins after that event, since it would not reach the next one otherwise. */
    BEGINS_AFTER
  }

  private final OwnerLog log;
  private final ContinuitySettings settings;
  private final Continuity continuity;
  private final PartitionRun run;
  private final LivePartitionStatus status;
  private final EventsInWork inWork;
  private final Consumer<EventHubsException> whenLasting;

  // The last answer of the service, which is read when a receiver ends, too.
  private volatile long lastEnqueued = SequenceNumbers.UNKNOWN;
  private volatile long earliest = SequenceNumbers.UNKNOWN;
  private String lastOffset = "";
  private final AtomicInteger answers = new AtomicInteger();

  /** Whether the receiver was to be replaced, since no event had come. */
  private boolean stalled;

  /** Written before the owner is told that the receiver has ended. */
  private volatile boolean endedWithoutReason;

  private long lastWhenAttached = PartitionSession.NONE;
  private long cameAgainWhenAttached;

  /** The event at which the receiver ends, if it has shown anything. */
  private long nextWhenAttached = SequenceNumbers.UNKNOWN;

  private Attempt attempt = Attempt.USUAL;
  private boolean receiverWorked;
  private int attempts;
  private int proofs;

  StuckReceivers(
      OwnerLog log,
      ContinuitySettings settings,
      Continuity continuity,
      PartitionRun run,
      LivePartitionStatus status,
      EventsInWork inWork,
      Consumer<EventHubsException> whenLasting) {
    this.log = log;
    this.settings = settings;
    this.continuity = continuity;
    this.run = run;
    this.status = status;
    this.inWork = inWork;
    this.whenLasting = whenLasting;
  }

  /**
   * The service has answered, or has not.
   *
   * @param properties null if it has not
   * @param stalls whether the receiver is replaced, since no event has come
   */
  void answered(@Nullable PartitionProperties properties, boolean stalls) {
    if (properties == null) {
      return;
    }
    PartitionRange range = PartitionRange.of(properties);
    lastEnqueued = range.empty() ? SequenceNumbers.UNKNOWN : range.last();
    earliest = range.empty() ? SequenceNumbers.UNKNOWN : range.first();
    lastOffset = range.lastOffset();
    answers.incrementAndGet();
    stalled |= stalls;
  }

  /** The receiver ends, and nothing says why. Any thread. */
  void endsWithoutReason() {
    endedWithoutReason = true;
  }

  /**
   * Whether an event at which the receiver ends is the next one. One that begins again ends at the
   * event with which it begins, or at one that was left out after it, before it comes to the next.
   * Any thread that was told of the receiver.
   */
  boolean hasReachedNext() {
    return attempt != Attempt.BEGINS_AGAIN || (cameAgain() && !continuity.hasLeftOut());
  }

  private boolean cameAgain() {
    return continuity.cameAgain() > cameAgainWhenAttached;
  }

  /**
   * The event after the last one, of those that the partition has; {@link SequenceNumbers#UNKNOWN}
   * if that is not known. Any thread.
   */
  long next() {
    long last = continuity.last();
    return last == SequenceNumbers.UNKNOWN ? last : Math.max(last + 1, earliest);
  }

  /** Whether the partition has that event, by the last answer of the service. Any thread. */
  boolean hasNext() {
    return lastEnqueued != SequenceNumbers.UNKNOWN && lastEnqueued >= next();
  }

  /** How often the service has said which events the partition has. Any thread. */
  int answers() {
    return answers.get();
  }

  /** Whether the stream may fail now, see {@link EventsInWork#mayFail}. Any thread. */
  boolean mayFail(Throwable failure) {
    return inWork.mayFail(failure);
  }

  /**
   * Why this event may not be left out: those before it are missing, and the stream is to fail
   * then.
   */
  Optional<EventsMissedException> missed(long next) {
    long last = continuity.last();
    return settings.missedEvents() == OnMissedEvents.FAIL && next > last + 1
        ? Optional.of(ContinuityFailures.eventsMissed(log.partition(), last, next))
        : Optional.empty();
  }

  /**
   * Another receiver is about to be attached. Decides how it begins, and whether an event is left
   * out before.
   *
   * @return false if no receiver is to follow, since the stream fails
   */
  boolean attaching() {
    boolean hasEnded = endedWithoutReason;
    boolean isSilent = hasEnded || (stalled && attempt != Attempt.USUAL);
    endedWithoutReason = false;
    stalled = false;
    long next = next();
    if (isOver() || (isSilent && !isOwedAnEvent())) {
      forget();
    } else if (isSilent) {
      attempts++;
      judge(hasEnded, next);
      if (proofs < proofsNeeded()) {
        attempt = following();
      } else if (!isSettled(next)) {
        return false;
      }
    }
    begin();
    return true;
  }

  /** Replaces a receiver that has a connection of its own, and needs it no longer. */
  void check(boolean attached) {
    if (attached && attempt != Attempt.USUAL && isOver()) {
      run.replaceReceiver();
    }
  }

  /**
   * Whether an event has come, or there is none any more that is searched for: it was left out, or
   * has expired.
   */
  private boolean isOver() {
    return hasPassed() || (attempt != Attempt.USUAL && !hasNext());
  }

  private boolean hasPassed() {
    return run.lastReceived() != lastWhenAttached;
  }

  private Attempt following() {
    if (continuity.last() == SequenceNumbers.UNKNOWN) {
      // No receiver can begin with an event of which only the offset is known.
      return Attempt.USUAL;
    }
    return switch (attempt) {
      case USUAL, BEGINS_AFTER -> Attempt.BEGINS_AGAIN;
      case BEGINS_AGAIN ->
          cameAgain() && !continuity.hasLeftOut() ? Attempt.BEGINS_AGAIN : Attempt.BEGINS_AFTER;
    };
  }

  /**
   * Leaves the event out, or has the stream fail, once it has finished the events before. An event
   * that comes at the last moment counts.
   */
  private boolean isSettled(long next) {
    if (!run.detach() || hasPassed()) {
      forget();
      return true;
    }
    Optional<? extends EventHubsException> failure =
        leavesOut()
            ? missed(next)
            : Optional.of(ContinuityFailures.undelivered(log.partition(), next, attempts));
    if (failure.isPresent()) {
      failure.filter(inWork::mayFail).ifPresent(whenLasting);
      return false;
    }
    leaveOut(next);
    forget();
    // The receivers before have shown that they work.
    receiverWorked = true;
    attempt = Attempt.BEGINS_AFTER;
    return true;
  }

  private int proofsNeeded() {
    return leavesOut() ? PROOFS_TO_LEAVE_OUT : PROOFS_TO_FAIL;
  }

  private boolean leavesOut() {
    return settings.undecodableEvents() == OnUndecodableEvents.SKIP;
  }

  private void forget() {
    attempt = Attempt.USUAL;
    attempts = 0;
    proofs = 0;
    receiverWorked = false;
  }

  /** Whether the stream has asked for an event, and the partition has one. */
  private boolean isOwedAnEvent() {
    return run.hasDemand()
        && hasNext()
        && (continuity.last() != SequenceNumbers.UNKNOWN
            || continuity.beginsAfterAnOffsetBefore(lastOffset));
  }

  private void judge(boolean hasEnded, long next) {
    if (next != nextWhenAttached) {
      // The event has expired at which the receivers before have ended.
      proofs = 0;
      receiverWorked = false;
    } else {
      weigh(hasEnded);
    }
    if (proofs == 0 && attempts % ATTEMPTS_PER_WARNING == 0) {
      log.nothingIsDelivered(next, lastEnqueued, attempts);
    }
  }

  private void weigh(boolean hasEnded) {
    switch (attempt) {
      case USUAL -> {
        // The receiver may have ended for the sake of another partition.
      }
      case BEGINS_AGAIN -> {
        receiverWorked = cameAgain();
        if (receiverWorked && hasEnded && !continuity.hasLeftOut()) {
          proofs += PROOF;
        }
      }
      case BEGINS_AFTER -> {
        if (receiverWorked && hasEnded) {
          proofs++;
        }
        receiverWorked = false;
      }
    }
  }

  /**
   * Leaves out {@linkplain #next() the next event}, and tells the status and the log of it. To be
   * called while nothing can arrive. Any thread.
   */
  void leaveOut(long next) {
    run.leaveOut(next);
    status.continuity().undecodable().increment();
    log.undecodableSkipped(next);
    // A bounded source may have come to its end.
    run.wake();
  }

  private void begin() {
    lastWhenAttached = run.lastReceived();
    cameAgainWhenAttached = continuity.cameAgain();
    nextWhenAttached = next();
    if (!run.useOwnConnection(ownConnection())) {
      // Nothing can be shown over a connection that may be lost for the sake of others.
      attempt = Attempt.USUAL;
    }
    if (attempt == Attempt.BEGINS_AGAIN) {
      continuity.beginAgain();
    } else {
      continuity.beginAfter();
    }
  }

  private OwnConnection ownConnection() {
    if (attempt == Attempt.USUAL) {
      return OwnConnection.NOT_WANTED;
    }
    return proofs == 0 && attempts >= ATTEMPTS_BEFORE_OTHERS
        ? OwnConnection.UNLESS_OTHERS_WAIT
        : OwnConnection.WANTED;
  }
}
