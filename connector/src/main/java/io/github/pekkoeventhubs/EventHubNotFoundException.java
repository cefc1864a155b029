// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/** The event hub or the consumer group does not exist in the namespace. */
public final class EventHubNotFoundException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public EventHubNotFoundException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public EventHubNotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Always false: somebody has to correct the names, or create the event hub or consumer group. */
  @Override
  public boolean isTransient() {
    return false;
  }
}
