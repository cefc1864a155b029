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
 * @param storeHealth how the partition store does as a whole; empty without a store, and for one
 *     that does not watch itself
 * @param moves how often the partitions of the stream have come and gone
 * @param storeRequests how often the stream has asked its store, and what became of it
 */
public record ConsumerStatus(
    Map<String, PartitionStatus> partitions,
    Optional<String> unfencedStore,
    Optional<StoreHealth> storeHealth,
    PartitionMoves moves,
    StoreRequests storeRequests) {

  /** With a store that fences, or without one. */
  public ConsumerStatus(Map<String, PartitionStatus> partitions) {
    this(partitions, Optional.empty());
  }

  /** Without the health of a store. */
  public ConsumerStatus(Map<String, PartitionStatus> partitions, Optional<String> unfencedStore) {
    this(partitions, unfencedStore, Optional.empty(), PartitionMoves.NONE, StoreRequests.NONE);
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

  /** The one thing that a partition needs before its next event can be emitted. */
  public enum WaitsFor {
    /** None has arrived. A partition that is read to its end waits for events. */
    EVENTS,
    /**
     * The stream: events are here, and its operators do not ask for them, or the partition's source
     * has not been run.
     */
    DEMAND,
    /**
     * Acknowledgements: {@code max-uncommitted} events are with the stream, or the partition is
     * being handed over and those that were emitted are not acknowledged yet.
     */
    ACKNOWLEDGEMENTS,
    /** A call of {@code resume()}. */
    RESUME,
    /** A claim: somebody else has the partition, or had it when it was lost. */
    CLAIM,
    /** An answer of the partition store. */
    STORE,
    /** A connection to the namespace. */
    CONNECTION,
    /** A token of the identity provider. */
    TOKEN,
    /** The partition is being handed over, and the stream's thread or {@code onRevoke} is busy. */
    STREAM
  }

  /**
   * The progress of acknowledgements in a partition. The counts are those of this stream since it
   * started, over all times that it owned the partition. They leave the status with a partition
   * that is handed over, and come back with it.
   *
   * @param oldestUnacknowledgedAge for how long the oldest event that is not acknowledged has been
   *     with the stream; empty if all are. Worth an alert when it grows: a partition of which
   *     {@code max-uncommitted} events are not acknowledged stands still
   * @param ahead with {@link Acknowledgement#UNORDERED} the events that are acknowledged now,
   *     beyond one that is not: the gaps between them keep the checkpoint back
   * @param skipped how often {@link CommittableEvent#skip} was called
   * @param dropped events whose acknowledgement could not be stored, since it came after the
   *     partition had been handed over, or had not been stored before it was lost. The next owner
   *     emits them again
   * @param processTimes how long events took from their emission to their acknowledgement. It is a
   *     sample: one event of the partition is timed at a time, and no more than one in a
   *     millisecond
   */
  public record AcknowledgementFigures(
      Optional<Duration> oldestUnacknowledgedAge,
      long ahead,
      long skipped,
      long dropped,
      DurationDistribution processTimes) {

    /** Where nothing was acknowledged. */
    public static final AcknowledgementFigures NONE =
        new AcknowledgementFigures(Optional.empty(), 0, 0, 0, DurationDistribution.NONE);
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
   *     stall-check} (30 s) while the partition is connected. Where the service has removed all
   *     events of the partition, nothing is to be read: the last event that has arrived, or the
   *     checkpoint before the first one
   * @param inFlight the number of events emitted and not acknowledged
   * @param oldestUncommittedAge how long the checkpoint has been behind the emitted events
   * @param lastError the last error of a step that is being tried again; empty when the step works
   *     again
   * @param lastErrorAt when that error happened, by the clock of this machine; present with {@code
   *     lastError}
   * @param acknowledgements the progress of acknowledgements
   * @param waitsFor what the partition needs before its next event can be emitted, at this moment:
   *     while events flow the word changes with each of them, and tells nothing. A partition of
   *     which nothing is emitted for a while has this reason
   * @param claimedBy the owner's id in the claim of another owner, where one kept this stream from
   *     the partition when the claim was last read
   * @param missed events that the partition no longer had when they were to be read, since this
   *     stream started; holes in the sequence numbers of an event hub with compaction count, too
   * @param undecodable events that were left out since the SDK cannot decode them, since this
   *     stream started
   * @param activity the traffic of the partition
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
      AcknowledgementFigures acknowledgements,
      WaitsFor waitsFor,
      Optional<String> claimedBy,
      long missed,
      long undecodable,
      PartitionActivity activity) {

    /** Without the time of an error and events that could not be emitted; waits for events. */
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
          acknowledgements,
          WaitsFor.EVENTS,
          Optional.empty(),
          0,
          0,
          PartitionActivity.NONE);
    }

    /**
     * Returns the number of events in the partition after the checkpoint; empty unless both
     * positions are known and the checkpoint lies within the partition. The end of the partition
     * was asked of the service up to {@code stall-check} ago; {@link
     * io.github.pekkoeventhubs.javadsl.EventHubsMetadata#lag()} asks now.
     */
    public OptionalLong lag() {
      return committed.isPresent()
              && lastEnqueued.isPresent()
              && committed.getAsLong() <= lastEnqueued.getAsLong()
          ? OptionalLong.of(lastEnqueued.getAsLong() - committed.getAsLong())
          : OptionalLong.empty();
    }
  }
}
