// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * The events of a partition do not continue what was read before: the name leads to another event
 * hub. It was created anew or restored, or a Geo-DR alias was failed over. The message names the
 * partition and both positions. Immutable, and safe for all threads.
 */
public final class AnotherEventHubException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  /**
   * With a message that says what is wrong and what to do about it.
   *
   * @param mayPass whether a stream that is restarted may succeed
   */
  public AnotherEventHubException(String message, @Nullable Throwable cause, boolean mayPass) {
    super(message, cause);
    this.mayPass = mayPass;
  }

  /**
   * Whether {@link ContinuitySettings#onInvalidCheckpoint()} names a position from which a stream
   * that is restarted reads on. By default it does not, and somebody has to decide.
   */
  @Override
  public boolean isTransient() {
    return mayPass;
  }
}
