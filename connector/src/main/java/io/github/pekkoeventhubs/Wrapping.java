// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The exceptions that stages and futures put around a failure. */
final class Wrapping {

  private Wrapping() {}

  /** The failure under any number of wrappings. */
  static Throwable removedFrom(Throwable failure) {
    Throwable current = failure;
    while ((current instanceof CompletionException || current instanceof ExecutionException)
        && current.getCause() != null) {
      current = current.getCause();
    }
    return current;
  }
}
