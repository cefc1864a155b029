// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * Sending failed for a reason that trying again does not cure, or went on failing until the retries
 * were used up. None of the batch's events is known to have been taken in.
 */
public final class ProduceException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public ProduceException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public ProduceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
