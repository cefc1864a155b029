// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** The failure of a completion stage, without the wrappers of later stages. */
@InternalApi
public final class StageFailure {

  private StageFailure() {}

  /**
   * The failure under any number of wrappings.
   *
   * @param failure the failure that a stage's callback gets if there is no result
   */
  public static Throwable causeOf(@Nullable Throwable failure) {
    if (failure == null) {
      return new IllegalStateException("neither an answer nor an error");
    }
    return Wrapping.removedFrom(failure);
  }

  /** Returns the message of a failure, of one of ours without the page that it names. */
  public static @Nullable String messageOf(Throwable failure) {
    return failure instanceof EventHubsException known ? known.reason() : failure.getMessage();
  }

  /**
   * Returns the text of a failure for a log line. The message of an exception of ours is a sentence
   * and stands alone; other exceptions are shown with their class.
   */
  public static String inWords(Throwable failure) {
    String message = messageOf(failure);
    if (message != null && failure instanceof EventHubsException) {
      return message;
    }
    String name = failure.getClass().getSimpleName();
    return message == null ? name : name + ": " + message;
  }
}
