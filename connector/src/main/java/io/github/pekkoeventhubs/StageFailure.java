// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.failure.Causes;
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
    return Causes.withoutFutures(failure);
  }

  /**
   * Returns the message of a failure, of one of ours without the page that it names; where it has
   * none, the name of its class.
   */
  public static String messageOf(Throwable failure) {
    return failure instanceof EventHubsException known ? known.reason() : Causes.messageOf(failure);
  }

  /**
   * Returns the text of a failure for a log line. The message of an exception of ours is a sentence
   * and stands alone; other exceptions are shown with their class.
   */
  public static String inWords(Throwable failure) {
    if (failure instanceof EventHubsException known) {
      return known.reason();
    }
    String name = failure.getClass().getSimpleName();
    return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
  }
}
