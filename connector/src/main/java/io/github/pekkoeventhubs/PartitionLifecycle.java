// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * A notice of a subscription to its partition listener. Immutable, and safe for all threads. The
 * notices of one partition come in order; a listener that has stopped or that fails does not
 * disturb the stream.
 */
public sealed interface PartitionLifecycle {

  /** The partition. */
  EventHubPartition partition();

  /**
   * This stream owns the partition now, and begins to receive.
   *
   * @param fencingToken the number of the epoch that begins, as {@link
   *     CommittableEvent#fencingToken()} describes it; empty where the partition is not claimed, or
   *     its store cannot fence
   */
  record Assigned(EventHubPartition partition, OptionalLong fencingToken)
      implements PartitionLifecycle {

    /** Without a fencing token. */
    public Assigned(EventHubPartition partition) {
      this(partition, OptionalLong.empty());
    }
  }

  /**
   * The partition is being handed over: receiving has stopped.
   *
   * @param deadline the time until the partition is given up in any case
   */
  record Revoking(EventHubPartition partition, Duration deadline) implements PartitionLifecycle {}

  /** The partition was handed over. */
  record Revoked(EventHubPartition partition, String reason) implements PartitionLifecycle {}

  /** The partition was lost without a hand-over: commits of it are dropped from now on. */
  record Lost(EventHubPartition partition, String reason) implements PartitionLifecycle {}

  /**
   * The partition no longer had events that were to be read, most likely since their retention has
   * ended; reading goes on after them. Several holes are told as one. Not told where {@code
   * continuity.missed-events} is {@code ignore}.
   *
   * @param firstSequenceNumber of the events that are missing
   * @param lastSequenceNumber of the events that are missing
   * @param events how many are missing
   */
  record EventsMissed(
      EventHubPartition partition, long firstSequenceNumber, long lastSequenceNumber, long events)
      implements PartitionLifecycle {}
}
