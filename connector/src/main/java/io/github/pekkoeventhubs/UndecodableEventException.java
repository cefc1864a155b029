// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * The SDK cannot decode an event: at least three attempts to receive it have ended in the same way.
 * The message names the partition and the event's sequence number as far as it is known. There is
 * no cause where the SDK has named none. Immutable, and safe for all threads.
 */
public final class UndecodableEventException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it, and the SDK's error. */
  public UndecodableEventException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Always false: the event stays as it is until the partition no longer has it. */
  @Override
  public boolean isTransient() {
    return false;
  }
}
