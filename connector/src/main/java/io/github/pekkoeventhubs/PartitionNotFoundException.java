// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/** The event hub has no partition of that id. */
public final class PartitionNotFoundException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public PartitionNotFoundException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public PartitionNotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Always false: somebody has to correct the partition id, or to add partitions to the event hub.
   */
  @Override
  public boolean isTransient() {
    return false;
  }
}
