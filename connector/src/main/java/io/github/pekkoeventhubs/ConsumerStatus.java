// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of a consumer at one moment: a snapshot that costs the stream nothing. Immutable, and
 * safe for all threads; nothing here fails.
 *
 * @param partitions the partitions this stream owns or is about to own, by id, in the order of ids.
 *     A partition that was handed over is not among them
 * @param unfencedStore names the partition store if it cannot keep earlier owners of a partition
 *     from setting its checkpoint back, as one {@link PartitionStore#fromProcessorStore} cannot
 */
public record ConsumerStatus(
    Map<String, PartitionStatus> partitions, Optional<String> unfencedStore) {

  /** With a store that fences, or without one. */
  public ConsumerStatus(Map<String, PartitionStatus> partitions) {
    this(partitions, Optional.empty());
  }

  /** Where a partition is in its life. */
  public enum OwnerState {
    /** Waiting until the partition may be claimed. */
    WAITING,
    /** Writing the claim and fencing off earlier owners. */
    CLAIMING,
    /** Owned and receiving. */
    RUNNING,
    /** Owned; the link was lost and is being attached again. */
    RECONNECTING,
    /** Being handed over: the stream finishes the emitted events. */
    DRAINING,
    /** Handed over: such a partition leaves the status. */
    RELEASED,
    /** Lost to somebody else. */
    LOST
  }

  /**
   * The progress of acknowledgements in a partition. The counts are those of this stream since it
   * started, over all times that it owned the partition. They leave the status with a partition
   * that is handed over, and come back with it.
   *
   * @param oldestUnacknowledgedAge for how long the oldest event that is not acknowledged has been
   *     with the stream; empty if all are. Worth an alert when it grows; it never stops a stream
   * @param ahead with {@link Acknowledgement#UNORDERED} the events that are acknowledged now,
   *     beyond one that is not: the gaps between them keep the checkpoint back
   * @param skipped how often {@link CommittableEvent#skip} was called
   * @param dropped events whose acknowledgement could not be stored, since it came after the
   *     partition had been handed over, or had not been stored before it was lost. The next owner
   *     emits them again
   */
  public record AcknowledgementFigures(
      Optional<Duration> oldestUnacknowledgedAge, long ahead, long skipped, long dropped) {

    /** Where nothing was acknowledged. */
    public static final AcknowledgementFigures NONE =
        new AcknowledgementFigures(Optional.empty(), 0, 0, 0);
  }

  /**
   * One partition.
   *
   * @param partition the partition
   * @param state where it is in its life
   * @param ownerId the owner's id in the claims of this node; empty without claims
   * @param received the sequence number of the last event that arrived from the service
   * @param emitted the sequence number of the last event the source gave to the stream
   * @param acknowledged the sequence number up to which the stream has acknowledged
   * @param committed the sequence number of the checkpoint in the store, as far as known here
   * @param lastEnqueued the sequence number of the last event of the partition that is known of: it
   *     has arrived, or was there when the service was last asked, which is once in {@code
   *     stall-check} (30 s) while the partition is connected
   * @param inFlight the number of events emitted and not acknowledged
   * @param oldestUncommittedAge how long the checkpoint has been behind the emitted events
   * @param lastError the last error of a step that is being tried again; empty when the step works
   *     again
   * @param lastErrorAt when that error happened, by the clock of this machine; present with {@code
   *     lastError}
   * @param acknowledgements the progress of acknowledgements
   */
  public record PartitionStatus(
      EventHubPartition partition,
      OwnerState state,
      String ownerId,
      OptionalLong received,
      OptionalLong emitted,
      OptionalLong acknowledged,
      OptionalLong committed,
      OptionalLong lastEnqueued,
      long inFlight,
      Optional<Duration> oldestUncommittedAge,
      Optional<String> lastError,
      Optional<Instant> lastErrorAt,
      AcknowledgementFigures acknowledgements) {

    /** Without the time of an error. */
    public PartitionStatus(
        EventHubPartition partition,
        OwnerState state,
        String ownerId,
        OptionalLong received,
        OptionalLong emitted,
        OptionalLong acknowledged,
        OptionalLong committed,
        OptionalLong lastEnqueued,
        long inFlight,
        Optional<Duration> oldestUncommittedAge,
        Optional<String> lastError,
        AcknowledgementFigures acknowledgements) {
      this(
          partition,
          state,
          ownerId,
          received,
          emitted,
          acknowledged,
          committed,
          lastEnqueued,
          inFlight,
          oldestUncommittedAge,
          lastError,
          Optional.empty(),
          acknowledgements);
    }

    /**
     * Returns the number of events in the partition after the checkpoint; empty unless both
     * positions are known. The end of the partition was asked of the service up to {@code
     * stall-check} ago; {@link io.github.pekkoeventhubs.javadsl.EventHubsMetadata#lag()} asks now.
     */
    public OptionalLong lag() {
      return committed.isPresent() && lastEnqueued.isPresent()
          ? OptionalLong.of(Math.max(0, lastEnqueued.getAsLong() - committed.getAsLong()))
          : OptionalLong.empty();
    }
  }
}
