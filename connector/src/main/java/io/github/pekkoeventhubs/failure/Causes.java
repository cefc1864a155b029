// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.failure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.pekko.annotation.InternalApi;
import reactor.core.Exceptions;

/** The causes of a failure. Any thread. */
@InternalApi
public final class Causes {

  /** A chain of causes may form a circle. */
  private static final int DEEPEST = 32;

  private Causes() {}

  /**
   * The failure and its causes, from the outside inwards. Never fails, and never ends in a loop.
   */
  public static List<Throwable> of(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    Throwable cause = failure;
    while (cause != null && causes.size() < DEEPEST) {
      causes.add(cause);
      cause = cause.getCause();
    }
    return causes;
  }

  /** The outermost cause of this type; empty if there is none. Never fails. */
  public static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
    return of(failure).stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /**
   * The failure's message; where it has none, the name of its class; both for an error, as of a
   * class that is missing. Never fails.
   */
  public static String messageOf(Throwable failure) {
    if (failure instanceof Error) {
      return failure.toString();
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** The failure under what stages and futures have put around it. Never fails. */
  public static Throwable withoutFutures(Throwable failure) {
    return under(failure, Causes::isOfAFuture);
  }

  /**
   * The failure under what futures and Reactor have put around it. Never fails.
   *
   * <p>The SDK reports used-up retries, none being allowed included, as an exception of Reactor's.
   */
  public static Throwable unwrapped(Throwable failure) {
    return under(failure, Causes::isWrapper);
  }

  private static Throwable under(Throwable failure, Predicate<Throwable> wrapper) {
    for (Throwable cause : of(failure)) {
      if (!wrapper.test(cause) || cause.getCause() == null) {
        return cause;
      }
    }
    return failure;
  }

  private static boolean isOfAFuture(Throwable thrown) {
    return thrown instanceof CompletionException || thrown instanceof ExecutionException;
  }

  private static boolean isWrapper(Throwable thrown) {
    return isOfAFuture(thrown)
        || thrown.getClass() == RuntimeException.class
        || Exceptions.isRetryExhausted(thrown)
        || Exceptions.unwrap(thrown) != thrown;
  }
}
