// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Errors as they were before completion stages wrapped them. */
final class Failures {

  private Failures() {}

  static Throwable unwrapped(@Nullable Throwable error) {
    if (error == null) {
      return new IllegalStateException("neither an answer nor an error");
    }
    Throwable current = error;
    while (current instanceof CompletionException && current.getCause() != null) {
      current = current.getCause();
    }
    return current;
  }
}
