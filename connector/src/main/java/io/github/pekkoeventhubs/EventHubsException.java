// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/** What the connector's streams fail with: each subclass is one kind of failure. */
public class EventHubsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public EventHubsException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public EventHubsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
