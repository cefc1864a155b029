// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint could not be written within the time allowed for it. Events processed since the last
 * checkpoint will be read again.
 */
public final class CheckpointWriteException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public CheckpointWriteException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public CheckpointWriteException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Whether the store may answer again: unless the cause says that it refuses for good. */
  @Override
  public boolean isTransient() {
    Throwable cause = getCause();
    return cause == null || mayHelpToRestart(cause);
  }
}
