// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/** Receiving from a partition failed for a reason that trying again does not cure. */
public final class ReceiveException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public ReceiveException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public ReceiveException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
