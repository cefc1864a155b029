// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/** The outcome of a commit that did not fail. */
public enum CommitOutcome {
  /** The store holds the acknowledged position, or a later one. */
  COMMITTED,
  /**
   * This node does not own the partition any more; nothing was written, and the new owner starts at
   * the last checkpoint. This is a normal outcome and never fails a stream.
   */
  DROPPED_NOT_OWNER
}
