// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.PartitionProperties;

/**
 * A checkpoint, or a position of the application's, from which reading cannot go on, as {@link
 * InvalidCheckpointPolicy} is told of it. Immutable, and safe for all threads; nothing here fails.
 *
 * @param partition the partition
 * @param checkpoint the checkpoint in the store; or the position in the form of a checkpoint,
 *     without an offset and a version, if the application has given one that cannot be used
 * @param properties the first and the last event of the partition, as the service says it now
 * @param reason why reading cannot go on
 * @param description the same as a sentence, with the partition and the numbers
 */
public record InvalidCheckpoint(
    EventHubPartition partition,
    StoredCheckpoint checkpoint,
    PartitionProperties properties,
    Reason reason,
    String description) {

  /** Why reading cannot go on from a checkpoint. */
  public enum Reason {
    /** Its sequence number is higher than that of the partition's last event. */
    BEYOND_END,
    /**
     * The partition has another event at this place, or the first event after it has a lower number
     * than it has.
     */
    ANOTHER_EVENT_HUB,
    /**
     * The events after it were removed at the end of their retention. A reason only if {@link
     * ContinuitySettings.OnMissedEvents#FAIL} is set; otherwise reading goes on at the beginning.
     */
    BEFORE_BEGINNING,
    /** It has neither a sequence number nor an offset, or what it has as a number is none. */
    UNREADABLE,
    /**
     * The service refuses its offset, for example that of a geo-replicated event hub in another
     * one.
     */
    REFUSED
  }
}
