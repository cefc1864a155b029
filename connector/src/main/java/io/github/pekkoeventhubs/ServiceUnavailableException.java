// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/** The namespace could not be reached, or was too busy to answer. The connector tries again. */
public final class ServiceUnavailableException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what was asked, and its cause. */
  public ServiceUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Always: the service may answer again. */
  @Override
  public boolean isTransient() {
    return true;
  }
}
