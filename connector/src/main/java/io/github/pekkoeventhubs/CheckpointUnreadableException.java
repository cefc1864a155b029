// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint exists, but does not hold a position from which reading could continue. The
 * connector never falls back to another position by itself.
 */
public final class CheckpointUnreadableException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public CheckpointUnreadableException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public CheckpointUnreadableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Always false: somebody has to correct the checkpoint or to delete it. */
  @Override
  public boolean isTransient() {
    return false;
  }
}
