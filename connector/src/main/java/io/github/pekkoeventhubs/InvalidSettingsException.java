// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * A setting is missing, malformed or does not fit another one. The message names the key and the
 * fix.
 */
public final class InvalidSettingsException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public InvalidSettingsException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public InvalidSettingsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Never: somebody has to correct the settings. */
  @Override
  public boolean isTransient() {
    return false;
  }
}
