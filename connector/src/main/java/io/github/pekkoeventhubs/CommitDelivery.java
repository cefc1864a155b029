// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/** Whether a committer waits for the store before it lets the stream go on. */
public enum CommitDelivery {
  /** A batch is emitted, and the stream may complete, only after the store has answered. */
  WAIT_FOR_ACK,
  /**
   * A batch is emitted when its write has been started. Failed writes are logged and counted, and
   * do not fail the stream; completion still waits for the writes that are under way.
   */
  SEND_AND_FORGET
}
