// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/** The requests of a stream to its {@link PartitionStore}. */
public enum StoreOperation {
  /** The claims, or the checkpoints, of all partitions of a consumer group. */
  LIST,
  /** The claim of a partition. */
  READ_OWNERSHIP,
  /** To write a claim, its renewal or its release. */
  WRITE_OWNERSHIP,
  /** The checkpoint of a partition. */
  READ_CHECKPOINT,
  /** To write a checkpoint. */
  WRITE_CHECKPOINT,
  /** The time by the store's clock. */
  READ_TIME
}
