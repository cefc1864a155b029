// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.amqp.PartitionSnapshot;

/**
 * What an {@link EventHubsEmulator} knows of a partition at one moment.
 *
 * @param firstSequenceNumber of the oldest event that is kept, or of the next one to come
 * @param lastSequenceNumber of the newest event ever stored; -1 if there was none
 * @param lastOffset of the newest event ever stored; {@code "-1"} if there was none
 * @param eventCount events that are kept
 * @param attaches receivers of any consumer group admitted so far
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
