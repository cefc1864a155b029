// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.amqp.PartitionSnapshot;

/**
 * The state of a partition of an {@link EventHubsEmulator} at one moment.
 *
 * @param firstSequenceNumber the number of the oldest stored event, or of the next one if none is
 *     stored
 * @param lastSequenceNumber the number of the newest event ever stored; -1 if there was none
 * @param lastOffset the offset of the newest event ever stored; {@code "-1"} if there was none
 * @param eventCount the number of stored events
 * @param attaches receivers admitted so far, of all consumer groups
 * @param delivered events sent to receivers so far; one sent to two receivers counts twice
 */
public record PartitionState(
    String partitionId,
    long firstSequenceNumber,
    long lastSequenceNumber,
    String lastOffset,
    int eventCount,
    long attaches,
    long delivered) {

  static PartitionState of(PartitionSnapshot snapshot) {
    return new PartitionState(
        snapshot.partitionId(),
        snapshot.firstSequenceNumber(),
        snapshot.lastSequenceNumber(),
        snapshot.lastOffset(),
        snapshot.eventCount(),
        snapshot.attaches(),
        snapshot.delivered());
  }
}
