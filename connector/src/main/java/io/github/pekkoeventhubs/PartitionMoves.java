// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;

/**
 * How often the partitions of one stream have come and gone since it started, all of them together:
 * a partition that is not the stream's any more counts here all the same. Immutable, and safe for
 * all threads; nothing here fails.
 *
 * @param assigned how often a partition began to be read
 * @param handedOver how often one was given up in an orderly way
 * @param lost how often one was lost without a hand-over: another owner has claimed it, or the
 *     claim could not be renewed in time
 * @param handOverTime how long all hand-overs together took, from the last event that was emitted
 *     until the partition was released
 * @param repeated events that the next owners will emit again, as far as it was known here when the
 *     partitions went
 */
public record PartitionMoves(
    long assigned, long handedOver, long lost, Duration handOverTime, long repeated) {

  /** Before anything has moved. */
  public static final PartitionMoves NONE = new PartitionMoves(0, 0, 0, Duration.ZERO, 0);

  /** Both together. */
  public PartitionMoves plus(PartitionMoves other) {
    return new PartitionMoves(
        assigned + other.assigned,
        handedOver + other.handedOver,
        lost + other.lost,
        handOverTime.plus(other.handOverTime),
        repeated + other.repeated);
  }
}
