// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * Receiving from a partition has failed. One that {@linkplain #isTransient() may pass} (a link that
 * was closed, or taken by another receiver) the stream overcomes by itself, and it only shows in
 * the status; others fail the stream.
 */
public final class ReceiveException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  /** With a message that says what is wrong and what to do about it; it lasts. */
  public ReceiveException(String message) {
    this(message, null, false);
  }

  /** With a message and its cause; it lasts. */
  public ReceiveException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  /**
   * With a message and its cause.
   *
   * @param mayPass whether a stream that is restarted may succeed
   */
  public ReceiveException(String message, @Nullable Throwable cause, boolean mayPass) {
    super(message, cause);
    this.mayPass = mayPass;
  }

  /**
   * Whether the link was closed or taken by another receiver. If the service has refused the
   * request, for example for a position that does not exist, it will refuse it again.
   */
  @Override
  public boolean isTransient() {
    return mayPass;
  }
}
