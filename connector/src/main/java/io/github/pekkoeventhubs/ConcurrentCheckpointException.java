// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/** Somebody else commits the same partitions of the same consumer group. */
public final class ConcurrentCheckpointException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public ConcurrentCheckpointException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public ConcurrentCheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Always true: a restarted stream begins at the checkpoint that the other one has written, and
   * continues once the other one has ended, as after an overlap of two deployments. If both keep
   * running, they fail in turns.
   */
  @Override
  public boolean isTransient() {
    return true;
  }
}
