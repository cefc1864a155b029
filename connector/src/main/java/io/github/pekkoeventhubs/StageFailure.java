// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** What a completion stage has failed with, before other stages wrapped it. */
@InternalApi
public final class StageFailure {

  private StageFailure() {}

  /**
   * The failure under any number of wrappings.
   *
   * @param failure as a stage's callback gets it where there is no result
   */
  public static Throwable causeOf(@Nullable Throwable failure) {
    if (failure == null) {
      return new IllegalStateException("neither an answer nor an error");
    }
    Throwable current = failure;
    while ((current instanceof CompletionException || current instanceof ExecutionException)
        && current.getCause() != null) {
      current = current.getCause();
    }
    return current;
  }

  /**
   * What a log line says of a failure: the message of one of ours, which is a sentence, and the
   * class as well of any other.
   */
  public static String inWords(Throwable failure) {
    String message = failure.getMessage();
    if (message != null && failure instanceof EventHubsException) {
      return message;
    }
    String name = failure.getClass().getSimpleName();
    return message == null ? name : name + ": " + message;
  }
}
