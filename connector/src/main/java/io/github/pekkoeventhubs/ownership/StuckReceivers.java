// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.UndecodableEventException;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.continuity.ContinuityFailures;
import io.github.pekkoeventhubs.continuity.PartitionRange;
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
 * with the last event that arrived. If that event comes again, the receiver works; if it ends then
 * although the partition has more, it has ended at the next event. Two receivers in a row have to
 * show the same, and four before an event is left out: a connection that is lost each time at the
 * same event looks like that as well, and nothing brings back an event that was left out. A
 * receiver that is replaced since no event has come shows nothing: the event may be on its way.
 */
final class StuckReceivers {

  private static final int PROOFS_TO_FAIL = 2;
  private static final int PROOFS_TO_LEAVE_OUT = 4;

  /** Every so many receivers that have shown nothing, the log says so. */
  private static final int ATTEMPTS_PER_WARNING = 3;

  private enum Attempt {
    /** The receiver shows nothing about an event. */
    USUAL,
    /** It begins with the last event that arrived. */
    BEGINS_AGAIN,
    /** It begins after an event that was left out, which it could not pass otherwise. */
    BEGINS_AFTER
  }

  private final OwnerLog log;
  private final ContinuitySettings settings;
  private final Continuity continuity;
  private final PartitionRun run;
  private final LivePartitionStatus status;
  private final Consumer<UndecodableEventException> whenLasting;

  private long lastEnqueued = SequenceNumbers.UNKNOWN;

  /** Whether the receiver was to be replaced, since no event had come. */
  private boolean stalled;

  /** Written before the owner is told that the receiver has ended. */
  private volatile boolean endedWithoutReason;

  private long lastWhenAttached = PartitionSession.NONE;
  private long cameAgainWhenAttached;

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
      Consumer<UndecodableEventException> whenLasting) {
    this.log = log;
    this.settings = settings;
    this.continuity = continuity;
    this.run = run;
    this.status = status;
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
    stalled |= stalls;
  }

  /** The receiver ends, and nothing says why. Any thread. */
  void endsWithoutReason() {
    endedWithoutReason = true;
  }

  /**
   * Whether the receiver has to pass events that were left out before: it ends there, whatever
   * comes after them. Any thread that was told of the receiver.
   */
  boolean passesLeftOut() {
    return attempt == Attempt.BEGINS_AGAIN && continuity.hasLeftOut();
  }

  /**
   * Another receiver is about to be attached. Decides how it begins, and whether an event is left
   * out before.
   *
   * @return false if no receiver is to follow, since the stream fails
   */
  boolean attaching() {
    boolean hasEnded = endedWithoutReason;
    boolean isSilent = hasEnded || stalled;
    endedWithoutReason = false;
    stalled = false;
    if (run.lastReceived() != lastWhenAttached || (isSilent && !isOwedAnEvent())) {
      forget();
    } else if (isSilent) {
      attempts++;
      judge(hasEnded);
      if (proofs >= proofsNeeded()) {
        if (!isSettled()) {
          return false;
        }
      } else {
        attempt =
            continuity.hasLeftOut() && receiverWorked ? Attempt.BEGINS_AFTER : Attempt.BEGINS_AGAIN;
      }
    }
    begin();
    return true;
  }

  /**
   * Leaves the event out, or has the stream fail; an event that comes at the last moment counts.
   */
  private boolean isSettled() {
    if (!run.detach() || run.lastReceived() != lastWhenAttached) {
      forget();
      return true;
    }
    if (leavesOut()) {
      leaveOut();
      return true;
    }
    whenLasting.accept(
        ContinuityFailures.undelivered(log.partition(), continuity.last(), attempts));
    return false;
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
        && continuity.last() != SequenceNumbers.UNKNOWN
        && lastEnqueued > continuity.last();
  }

  private void judge(boolean hasEnded) {
    boolean cameAgain = continuity.cameAgain() > cameAgainWhenAttached;
    switch (attempt) {
      case USUAL -> {
        // The receiver may have ended for the sake of another partition.
      }
      case BEGINS_AGAIN -> {
        receiverWorked = cameAgain;
        if (cameAgain && hasEnded && !continuity.hasLeftOut()) {
          proofs++;
        }
      }
      case BEGINS_AFTER -> {
        receiverWorked = false;
        if (hasEnded) {
          proofs++;
        }
      }
    }
    if (proofs == 0 && attempts % ATTEMPTS_PER_WARNING == 0) {
      log.nothingIsDelivered(continuity.last(), lastEnqueued, attempts);
    }
  }

  /**
   * Leaves out the event after the last one, and tells the status and the log of it. To be called
   * while nothing can arrive. Any thread.
   *
   * @return false if it is not known which event that is
   */
  boolean leaveOutNext(long sequenceNumber) {
    if (!run.skipNext()) {
      return false;
    }
    status.continuity().undecodable().increment();
    log.undecodableSkipped(sequenceNumber);
    // A bounded source may have come to its end.
    run.wake();
    return true;
  }

  private void leaveOut() {
    leaveOutNext(continuity.last() + 1);
    forget();
    // The receivers before have shown that they work.
    receiverWorked = true;
    attempt = Attempt.BEGINS_AFTER;
  }

  private void begin() {
    lastWhenAttached = run.lastReceived();
    cameAgainWhenAttached = continuity.cameAgain();
    if (attempt == Attempt.USUAL) {
      return;
    }
    run.useOwnConnection();
    if (attempt == Attempt.BEGINS_AGAIN) {
      continuity.beginAgain();
    }
  }
}
