// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/**
 * The partition no longer had events when they were to be read, and {@code
 * continuity.missed-events} is {@code fail}. The message names the partition, the last event that
 * was read and the first one that is left. Immutable, and safe for all threads.
 */
public final class EventsMissedException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public EventsMissedException(String message) {
    super(message);
  }

  /** Always false: the events do not come back, and somebody has to decide where to read on. */
  @Override
  public boolean isTransient() {
    return false;
  }
}
