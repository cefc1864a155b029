// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.InvalidCheckpoint.Reason;
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

  private final EventHubPartition partition;
  private final StartingPoint start;
  private final ContinuitySettings settings;
  private final StuckReceivers stuckReceivers;
  private final LinkAccess access;

  private int attempts;
  private long countAtLastAttempt;

  /** Written before the owner is told of it. */
  private volatile Resumption.@Nullable Refusal refusal;

  ReceiverEndMeaning(
      EventHubPartition partition,
      StartingPoint start,
      ContinuitySettings settings,
      StuckReceivers stuckReceivers,
      LongSupplier nanoTime) {
    this.partition = partition;
    this.start = start;
    this.settings = settings;
    this.stuckReceivers = stuckReceivers;
    this.access = new LinkAccess(partition, nanoTime);
  }

  /** A receiver is being attached. */
  void attaching() {
    access.attaching();
  }

  /** Returns what the owner is told: the receiver of the operation has ended. */
  LifeInput of(long epoch, long operation, ReceiverEnd end, PartitionRun run) {
    return switch (end.fault()) {
      case NONE, EVENTS_MISSED -> new LifeInput.ReceiverEnded(operation, end);
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
        if (stuckReceivers.passesLeftOut()) {
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
    if (run.receivedCount() != countAtLastAttempt) {
      countAtLastAttempt = run.receivedCount();
      attempts = 0;
    }
    attempts++;
    if (attempts < ATTEMPTS_AT_ONE_EVENT) {
      return end;
    }
    long last =
        run.lastReceived() == PartitionSession.NONE
            ? start.acknowledged().sequenceNumber()
            : run.lastReceived();
    if (settings.undecodableEvents() == OnUndecodableEvents.SKIP
        && stuckReceivers.leaveOutNext(last + 1)) {
      attempts = 0;
      return end;
    }
    Throwable cause = end.cause().getCause() == null ? end.cause() : end.cause().getCause();
    return end.withCause(ContinuityFailures.undecodable(partition, last, cause), false);
  }

  /** Why the next epoch has to start elsewhere; empty if it need not. */
  Optional<Resumption.Refusal> refusal() {
    return Optional.ofNullable(refusal);
  }
}
