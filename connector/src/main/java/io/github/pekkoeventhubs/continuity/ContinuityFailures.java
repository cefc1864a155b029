// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import io.github.pekkoeventhubs.AnotherEventHubException;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.EventsMissedException;
import io.github.pekkoeventhubs.InvalidCheckpoint.Reason;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.UndecodableEventException;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** The failures of streams that cannot go on where they were, each with its cure. */
@InternalApi
public final class ContinuityFailures {

  private static final String SET_POLICY =
      "set continuity.on-invalid-checkpoint to 'earliest', 'latest' or a function";

  private static final String MOVE_CHECKPOINT =
      "move the checkpoint with EventHubsMetadata.planReset or 'eventhubs reset', or " + SET_POLICY;

  private ContinuityFailures() {}

  /** A position in words. */
  public static String position(long sequenceNumber, @Nullable String offset) {
    String number =
        sequenceNumber == SequenceNumbers.UNKNOWN
            ? "an unknown sequence number"
            : "sequence number " + sequenceNumber;
    return offset == null || offset.isEmpty() ? number : number + " (offset " + offset + ")";
  }

  /**
   * The name leads to another event hub.
   *
   * @param evidence a sentence without its end, with both positions
   */
  public static AnotherEventHubException anotherEventHub(
      EventHubPartition partition,
      String evidence,
      ContinuitySettings settings,
      @Nullable Throwable cause) {
    return new AnotherEventHubException(
        partition
            + ": "
            + evidence
            + ". The name leads to another event hub than before: it was created anew, failed over"
            + " or restored. To read on there, "
            + MOVE_CHECKPOINT,
        cause,
        !settings.onInvalidCheckpoint().isFail());
  }

  /**
   * A position that the application has given cannot be used, for this reason.
   *
   * @param evidence a sentence without its end, with both positions
   */
  public static EventHubsException invalidPosition(
      EventHubPartition partition, Reason reason, String evidence, ContinuitySettings settings) {
    String start = partition + ": " + evidence;
    String cure = "give another one, or " + SET_POLICY;
    return reason == Reason.BEFORE_BEGINNING
        ? new EventsMissedException(
            start
                + ", and continuity.missed-events is 'fail'. To go on without these events, "
                + cure
                + ", or set continuity.missed-events to 'warn'")
        : new AnotherEventHubException(
            start
                + ". The position is from another event hub of this name, which was created anew,"
                + " failed over or restored, or from another partition. To read on there, "
                + cure,
            null,
            !settings.onInvalidCheckpoint().isFail());
  }

  /** The events between these numbers, both excluded, are no longer there. */
  public static EventsMissedException eventsMissed(
      EventHubPartition partition, long lastRead, long firstLeft) {
    return new EventsMissedException(
        partition
            + ": the events between sequence numbers "
            + lastRead
            + " and "
            + firstLeft
            + " are gone, "
            + (firstLeft - lastRead - 1)
            + " in all, most likely at the end of their retention, and continuity.missed-events is"
            + " 'fail'. To go on without them, "
            + MOVE_CHECKPOINT
            + ", or set continuity.missed-events to 'warn'");
  }

  /** A checkpoint that cannot be used, for this reason. */
  public static EventHubsException invalidCheckpoint(
      EventHubPartition partition,
      Reason reason,
      String evidence,
      ContinuitySettings settings,
      @Nullable Throwable cause) {
    return switch (reason) {
      case BEYOND_END, ANOTHER_EVENT_HUB -> anotherEventHub(partition, evidence, settings, cause);
      case BEFORE_BEGINNING ->
          new EventsMissedException(
              partition
                  + ": "
                  + evidence
                  + ", and continuity.missed-events is 'fail'. To go on without these events, "
                  + MOVE_CHECKPOINT
                  + ", or set continuity.missed-events to 'warn'");
      case UNREADABLE, REFUSED ->
          new CheckpointUnreadableException(
              partition + ": " + evidence + ". Correct it; or " + MOVE_CHECKPOINT, cause);
    };
  }

  /**
   * Receivers have ended at the same event, and the SDK has named no reason.
   *
   * @param number of the event; the last of these receivers have delivered the one before again
   */
  public static UndecodableEventException undelivered(
      EventHubPartition partition, long number, int attempts) {
    return new UndecodableEventException(
        partition
            + ": the SDK does not deliver the event with sequence number "
            + number
            + ", in "
            + attempts
            + " attempts, the last ones over connections that no other partition used, although it"
            + " delivers the event before. It names no reason; so it ends at an event that it cannot"
            + " decode. To go on without that event, set continuity.undecodable-events to 'skip', or"
            + " "
            + passing(partition, number),
        null);
  }

  /** All of these attempts have ended at the same event; its number may not be known. */
  public static UndecodableEventException undecodable(
      EventHubPartition partition, long number, int attempts, Throwable cause) {
    boolean isKnown = number != SequenceNumbers.UNKNOWN;
    return new UndecodableEventException(
        partition
            + ": the SDK cannot decode "
            + (isKnown
                ? "the event with sequence number " + number
                : "the first event after the checkpoint")
            + ", in "
            + attempts
            + " attempts ("
            + cause
            + "). To go on without it, "
            + (isKnown ? "set continuity.undecodable-events to 'skip', or " : "")
            + passing(partition, number)
            + (isKnown
                ? ""
                : ". The checkpoint is an offset alone, so the number of the event is not known, and"
                    + " continuity.undecodable-events cannot leave it out"),
        cause);
  }

  /**
   * The advice to move the partition's checkpoint to this event, or beyond an event whose number is
   * not known. Without the partition the command would move all of them.
   */
  public static String passing(EventHubPartition partition, long number) {
    boolean isKnown = number != SequenceNumbers.UNKNOWN;
    return "move the checkpoint beyond it with EventHubsMetadata.planReset or 'eventhubs reset "
        + partition.eventHub()
        + " --group "
        // A shell would take the name of the default group for a variable.
        + partition.consumerGroup().replace("$", "\\$")
        + " --to "
        + (isKnown ? number : "TIME")
        + " --partition "
        + partition.partitionId()
        + (isKnown
            ? "', once the checkpoint is at "
                + (number - 1)
                + ": events between the checkpoint and this one would be lost"
            : "', where TIME is later than the event: the events up to TIME would be lost");
  }
}
