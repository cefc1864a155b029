// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.EventsMissedException;
import io.github.pekkoeventhubs.InvalidCheckpoint.Reason;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.continuity.ContinuityFailures;
import io.github.pekkoeventhubs.ownership.PartitionRun.ReceiverEnd;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the end of a receiver means for its epoch: whether the next receiver can go on after
 * the last event, whether the epoch has to start elsewhere, or whether the stream fails. One
 * receiver ends after the other, on whatever thread.
 */
final class ReceiverEndMeaning {

  /** The third attempt that ends at the same event is the last one. */
  private static final int ATTEMPTS_AT_ONE_EVENT = 3;

  /** After so many attempts the stream fails even if the service does not say what there is. */
  private static final int ATTEMPTS_WITHOUT_AN_ANSWER = 10;

  private final EventHubPartition partition;
  private final StartingPoint start;
  private final ContinuitySettings settings;
  private final StuckReceivers stuckReceivers;
  private final LinkAccess access;

  private final Runnable question;

  /** Written before the owner is told of it. */
  private volatile int attempts;

  private int answersAtFirstAttempt;
  private long countAtLastAttempt;
  private long nextAtLastAttempt;

  /** Written before the owner is told of it. */
  private volatile Resumption.@Nullable Refusal refusal;

  /**
   * @param question asks the service which events the partition has, unless it is being asked
   */
  ReceiverEndMeaning(
      EventHubPartition partition,
      StartingPoint start,
      ContinuitySettings settings,
      StuckReceivers stuckReceivers,
      Runnable question,
      LongSupplier nanoTime) {
    this.partition = partition;
    this.start = start;
    this.settings = settings;
    this.stuckReceivers = stuckReceivers;
    this.question = question;
    this.access = new LinkAccess(partition, nanoTime);
  }

  /** A receiver is being attached. */
  void attaching() {
    access.attaching();
    if (attempts > 0) {
      question.run();
    }
  }

  /** Returns what the owner is told: the receiver of the operation has ended. */
  LifeInput of(long epoch, long operation, ReceiverEnd end, PartitionRun run) {
    if (run.receivedCount() != countAtLastAttempt) {
      attempts = 0;
    }
    return switch (end.fault()) {
      case NONE -> new LifeInput.ReceiverEnded(operation, end);
      case EVENTS_MISSED -> new LifeInput.ReceiverEnded(operation, failing(end, end.cause()));
      case NO_REASON -> {
        stuckReceivers.endsWithoutReason();
        yield new LifeInput.ReceiverEnded(operation, end);
      }
      case ANOTHER_LOG ->
          run.receivedCount() == 0
              ? startRefused(epoch, operation, end, Reason.ANOTHER_EVENT_HUB)
              : new LifeInput.ReceiverEnded(operation, end);
      case POSITION_REFUSED ->
          run.receivedCount() == 0
              ? startRefused(epoch, operation, end, Reason.REFUSED)
              : new LifeInput.ReceiverEnded(operation, refusedInMidStream(end, run));
      case UNDECODABLE -> {
        if (!stuckReceivers.hasReachedNext()) {
          stuckReceivers.endsWithoutReason();
          yield new LifeInput.ReceiverEnded(operation, end);
        }
        yield new LifeInput.ReceiverEnded(operation, undecodable(end, run));
      }
      case ACCESS_REFUSED -> new LifeInput.ReceiverEnded(operation, access.refused(end));
    };
  }

  private LifeInput startRefused(long epoch, long operation, ReceiverEnd end, Reason reason) {
    AcknowledgedPosition from = start.acknowledged();
    String evidence =
        reason == Reason.REFUSED
            ? "the service refuses to read on after "
                + ContinuityFailures.position(from.sequenceNumber(), from.offset())
            : "the first event after "
                + ContinuityFailures.position(from.sequenceNumber(), from.offset())
                + " has a lower sequence number";
    if (start.isStored() && !settings.onInvalidCheckpoint().isFail()) {
      refusal = new Resumption.Refusal(reason, evidence);
      return new LifeInput.StartRefused(epoch);
    }
    EventHubsException failure =
        reason == Reason.REFUSED
            ? ContinuityFailures.invalidCheckpoint(
                partition, reason, evidence, settings, end.cause())
            : (EventHubsException) end.cause();
    return new LifeInput.ReceiverEnded(operation, end.withCause(failure, false));
  }

  private ReceiverEnd refusedInMidStream(ReceiverEnd end, PartitionRun run) {
    return end.withCause(
        ContinuityFailures.anotherEventHub(
            partition,
            "the service refuses to read on after sequence number "
                + run.lastReceived()
                + ", which has arrived from there",
            settings,
            end.cause()),
        false);
  }

  private ReceiverEnd undecodable(ReceiverEnd end, PartitionRun run) {
    long next = stuckReceivers.next();
    if (next != nextAtLastAttempt || attempts == 0) {
      countAtLastAttempt = run.receivedCount();
      nextAtLastAttempt = next;
      answersAtFirstAttempt = stuckReceivers.answers();
      attempts = 0;
    }
    boolean isAnswered = stuckReceivers.answers() != answersAtFirstAttempt;
    if (isAnswered && !stuckReceivers.hasNext()) {
      // Those before say nothing about an event that comes later.
      attempts = 0;
      return end;
    }
    int made = attempts + 1;
    attempts = made;
    if (made < (isAnswered ? ATTEMPTS_AT_ONE_EVENT : ATTEMPTS_WITHOUT_AN_ANSWER)) {
      return end;
    }
    if (settings.undecodableEvents() == OnUndecodableEvents.SKIP
        && next != SequenceNumbers.UNKNOWN) {
      return isAnswered ? leaveOut(end, next) : end;
    }
    Throwable cause = end.cause().getCause() == null ? end.cause() : end.cause().getCause();
    return failing(end, ContinuityFailures.undecodable(partition, next, made, cause));
  }

  private ReceiverEnd leaveOut(ReceiverEnd end, long next) {
    Optional<EventsMissedException> missed = stuckReceivers.missed(next);
    if (missed.isPresent()) {
      return failing(end, missed.get());
    }
    stuckReceivers.leaveOut(next);
    return end;
  }

  /** The stream fails, or finishes the events before, and no receiver follows. */
  private ReceiverEnd failing(ReceiverEnd end, Throwable failure) {
    return stuckReceivers.mayFail(failure)
        ? end.withCause(failure, false)
        : end.withCause(end.cause(), true);
  }

  /** Why the next epoch has to start elsewhere; empty if it need not. */
  Optional<Resumption.Refusal> refusal() {
    return Optional.ofNullable(refusal);
  }
}
