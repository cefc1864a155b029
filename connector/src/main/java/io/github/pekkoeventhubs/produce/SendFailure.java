// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.ProduceException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/** The failure of an attempt to send, and what follows from it. */
record SendFailure(Throwable cause) {

  static SendFailure of(Throwable thrown) {
    Throwable cause = thrown;
    while (isWrapper(cause) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new SendFailure(cause);
  }

  /** The SDK reports used-up retries, none being allowed included, as an exception of Reactor's. */
  private static boolean isWrapper(Throwable thrown) {
    return thrown instanceof CompletionException || Exceptions.isRetryExhausted(thrown);
  }

  /** Whether the next attempt may succeed. */
  boolean isPassing() {
    if (cause instanceof AmqpException amqp) {
      // The SDK takes a batch that the service released, or whose link closed under it, for
      // cancelled and not worth a retry.
      return amqp.isTransient() || condition() == AmqpErrorCondition.OPERATION_CANCELLED;
    }
    // While a connection is being replaced the SDK fails with "disposed" and "rejected", and the
    // next attempt gets a new link.
    return cause instanceof TimeoutException
        || cause instanceof IOException
        || cause instanceof IllegalStateException
        || cause instanceof RejectedExecutionException;
  }

  /** Whether the time for it has passed without any answer of the service. */
  boolean isUnanswered() {
    return cause instanceof TimeoutException;
  }

  /** Whether the service has said that it did not store what was sent. */
  boolean isRefusal() {
    return condition() == AmqpErrorCondition.SERVER_BUSY_ERROR;
  }

  boolean isTooLarge() {
    return condition() == AmqpErrorCondition.LINK_PAYLOAD_SIZE_EXCEEDED;
  }

  private @Nullable AmqpErrorCondition condition() {
    return cause instanceof AmqpException amqp ? amqp.getErrorCondition() : null;
  }

  /**
   * The failure for the stream.
   *
   * @param attempted what was attempted, for the beginning of a sentence
   */
  EventHubsException toException(String attempted, int attempts) {
    if (cause instanceof EventHubsException known) {
      return known;
    }
    AmqpErrorCondition condition = condition();
    if (condition == AmqpErrorCondition.NOT_FOUND) {
      return new EventHubNotFoundException(
          "The event hub to send to does not exist; check event-hub-name", cause);
    }
    if (condition == AmqpErrorCondition.UNAUTHORIZED_ACCESS) {
      return new EventHubsAuthorizationException(
          "Sending to the event hub is not allowed; the key or the identity needs the right to send"
              + " (Azure Event Hubs Data Sender)",
          cause);
    }
    return new ProduceException(
        attempted
            + " failed after "
            + attempts
            + (attempts == 1 ? " attempt: " : " attempts: ")
            + cause.getMessage(),
        cause,
        isPassing());
  }
}
