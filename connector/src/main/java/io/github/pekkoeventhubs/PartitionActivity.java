// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Instant;
import java.util.Optional;

/**
 * The traffic of one partition in one stream. The counts begin with the stream and never go back:
 * they go on over all times that it owned the partition. Immutable, and safe for all threads;
 * nothing here fails.
 *
 * @param received events that have arrived from the service
 * @param emitted events that the source has given to the stream
 * @param buffered events that wait in the source for the stream now. The SDK may hold up to {@code
 *     prefetch-count} more
 * @param bufferLimit how many events may wait there now: {@code max-buffered-events}, and fewer
 *     where the events are large
 * @param oldestBuffered when the first of the waiting events was enqueued, by the service's clock;
 *     empty if none waits. How long ago that is tells the lag of the stream in time
 * @param receivers links that were attached to read the partition; all but the first of each epoch
 *     replace one that was lost
 * @param checkpointWrites writes of the checkpoint that the store has confirmed
 * @param checkpointFailures attempts to write it that have failed; each is tried again for a while
 * @param checkpointConflicts attempts that the store has refused, since somebody else had written
 * @param checkpointsCoalesced commits that needed no write of their own, since that of another one
 *     stored them too
 * @param checkpointTimes how long the attempts took that the store has answered
 * @param checkpointFailureTimes how long the attempts took that have failed
 */
public record PartitionActivity(
    long received,
    long emitted,
    long buffered,
    long bufferLimit,
    Optional<Instant> oldestBuffered,
    long receivers,
    long checkpointWrites,
    long checkpointFailures,
    long checkpointConflicts,
    long checkpointsCoalesced,
    DurationDistribution checkpointTimes,
    DurationDistribution checkpointFailureTimes) {

  /** Before anything has happened. */
  public static final PartitionActivity NONE =
      new PartitionActivity(
          0,
          0,
          0,
          0,
          Optional.empty(),
          0,
          0,
          0,
          0,
          0,
          DurationDistribution.NONE,
          DurationDistribution.NONE);
}
