// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * The namespace has refused the credentials, or the identity provider has refused to give a token
 * for them: for the namespace, or for the storage account of the partition store.
 */
public final class EventHubsAuthorizationException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public EventHubsAuthorizationException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public EventHubsAuthorizationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Always false: somebody has to correct the key, or the role of the identity. */
  @Override
  public boolean isTransient() {
    return false;
  }
}
