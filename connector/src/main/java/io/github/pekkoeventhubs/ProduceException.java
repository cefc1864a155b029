// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * Sending failed for a lasting reason, or kept failing until the retries were used up. None of the
 * batch's events is known to have been taken in.
 */
public final class ProduceException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  /** With a message that says what is wrong and what to do about it; it lasts. */
  public ProduceException(String message) {
    this(message, null, false);
  }

  /** With a message and its cause; it lasts. */
  public ProduceException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  /**
   * With a message and its cause.
   *
   * @param mayPass whether a stream that is restarted may succeed
   */
  public ProduceException(String message, @Nullable Throwable cause, boolean mayPass) {
    super(message, cause);
    this.mayPass = mayPass;
  }

  /**
   * Whether the retries were used up on a failure that may pass: throttling, a lost connection, a
   * time-out. Otherwise the same batch fails again.
   */
  @Override
  public boolean isTransient() {
    return mayPass;
  }
}
