// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.failure;

import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** There is no access token for a request. */
@InternalApi
public final class AccessTokenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what is wrong, for the middle of a sentence, and its cause. */
  public AccessTokenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
