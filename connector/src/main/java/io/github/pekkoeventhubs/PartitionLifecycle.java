// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;

/**
 * A notice of a subscription to its partition listener. Immutable, and safe for all threads. The
 * notices of one partition come in order; a listener that has stopped or that fails does not
 * disturb the stream.
 */
public sealed interface PartitionLifecycle {

  /** The partition. */
  EventHubPartition partition();

  /** This stream owns the partition now, and begins to receive. */
  record Assigned(EventHubPartition partition) implements PartitionLifecycle {}

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
}
