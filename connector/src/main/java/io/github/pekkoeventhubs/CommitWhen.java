// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/** Says when a committer regards an offset that it receives as acknowledged. */
public enum CommitWhen {
  /** As soon as the offset is seen for the first time. */
  OFFSET_FIRST_OBSERVED,
  /**
   * When the next, different offset of the same partition is seen: for streams in which one event
   * becomes several elements with the same offset. The last offset of a partition is acknowledged
   * when the stream completes; it is left out when the stream fails.
   *
   * <p>On a source of several partitions that goes on, a partition that is handed over has one
   * event left that nothing follows: the hand-over waits for it until the deadline of the drain
   * (five eighths of {@code handover-timeout}, 5 s), and the next owner reads that event again. On
   * a source per partition neither happens, since its stream completes.
   */
  NEXT_OFFSET_OBSERVED
}
