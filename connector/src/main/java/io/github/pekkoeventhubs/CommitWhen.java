// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/** When a committer takes an offset that it sees for acknowledged. */
public enum CommitWhen {
  /** As soon as the offset is seen for the first time. */
  OFFSET_FIRST_OBSERVED,
  /**
   * When the next, different offset of the same partition is seen: for streams in which one event
   * becomes several elements with the same offset. The last offset of a partition is acknowledged
   * when the stream completes; it is left out when the stream fails.
   */
  NEXT_OFFSET_OBSERVED
}
