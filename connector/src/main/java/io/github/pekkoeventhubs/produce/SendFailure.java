// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.core.amqp.exception.AmqpException;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.failure.Causes;
import io.github.pekkoeventhubs.failure.ServiceFailure;
import io.github.pekkoeventhubs.failure.ServiceFailure.Kind;
import java.util.Arrays;

/** The failure of an attempt to send, and what follows from it. */
record SendFailure(ServiceFailure failure) {

  static SendFailure of(Throwable thrown) {
    return new SendFailure(ServiceFailure.of(thrown));
  }

  /** The failure without what futures and Reactor have put around it. */
  Throwable cause() {
    return failure.cause();
  }

  /** Whether the next attempt may succeed. A failure that is ours already says so itself. */
  boolean isPassing() {
    return !(cause() instanceof EventHubsException) && failure.mayPass();
  }

  /**
   * Whether the namespace refuses the key or the token. After it had taken others that may be a
   * token that has expired, which the SDK did not renew in time.
   */
  boolean isAccessRefused() {
    return !(cause() instanceof EventHubsException) && failure.kind() == Kind.ACCESS_REFUSED;
  }

  /** Whether the time for it has passed without any answer of the service. */
  boolean isUnanswered() {
    return failure.isUnanswered() && !isAnswer();
  }

  /**
   * Whether the service may have stored what was sent, although the attempt has failed. A link that
   * is closed says nothing about it, however lasting the reason: it takes along the batches that
   * are on their way.
   */
  boolean mayBeStored() {
    return !(cause() instanceof EventHubsException)
        && !isRefusal()
        && (failure.mayPass() || isOfAClosedLink());
  }

  /**
   * Whether the service has said that it cannot store what was sent now, or was not asked: the
   * other refusals of a batch last, and are no passing failures.
   */
  private boolean isRefusal() {
    return failure.kind() == Kind.NO_TOKEN
        || ((failure.kind() == Kind.BUSY || failure.kind() == Kind.LIMIT_REACHED) && isAnswer());
  }

  /**
   * Whether the service has answered the very batch. A link that it closes fails the batches that
   * are on their way with the same condition, and the SDK does not mark the difference: only the
   * method that made the exception tells it (azure-core-amqp 2.12.1). Where that method gets
   * another name, no failure is an answer, and {@code unanswered = fail} fails more streams than it
   * has to.
   */
  private boolean isAnswer() {
    return Causes.find(cause(), AmqpException.class).stream()
        .anyMatch(amqp -> isMadeBy(amqp, "processDeliveredMessage"));
  }

  /**
   * Whether the service has closed the link, or has refused to open it. No batch is on its way over
   * a link that is not open yet, but the SDK does not mark that either.
   */
  private boolean isOfAClosedLink() {
    // The SDK makes exceptions of several types of the conditions of the service.
    return Causes.of(cause()).stream()
        .anyMatch(thrown -> isMadeBy(thrown, "handleRemoteLinkClosed"));
  }

  private static boolean isMadeBy(Throwable thrown, String method) {
    return Arrays.stream(thrown.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals(method));
  }

  boolean isTooLarge() {
    return failure.kind() == Kind.TOO_LARGE;
  }

  /**
   * The failure for the stream.
   *
   * @param attempted what was attempted, for the beginning of a sentence
   * @param target names the event hub and its namespace, for the middle of one
   */
  EventHubsException toException(String attempted, int attempts, String target) {
    if (cause() instanceof EventHubsException known) {
      return known;
    }
    String text = failure.text();
    return switch (failure.kind()) {
      case NOT_FOUND ->
          new EventHubNotFoundException(
              "There is no " + target + "; correct event-hub-name or create it (" + text + ")",
              cause());
      case ACCESS_REFUSED ->
          new EventHubsAuthorizationException(
              "Sending to "
                  + target
                  + " is not allowed; the key or the identity needs the right to send (Azure Event"
                  + " Hubs Data Sender) ("
                  + text
                  + ")",
              cause());
      case TOKEN_REFUSED ->
          new EventHubsAuthorizationException(
              "The identity provider has refused the credential for "
                  + target
                  + "; correct its tenant, client id, secret or certificate ("
                  + text
                  + ")",
              cause());
      case NO_TOKEN -> gaveUp(attempted, attempts, "there is no access token (" + text + ")");
      case NO_SUCH_PARTITION ->
          gaveUp(
              attempted,
              attempts,
              "the event hub has no such partition; name one that it has, or add partitions to it ("
                  + text
                  + ")");
      case ARGUMENT_REFUSED,
          NOT_ALLOWED,
          TOO_LARGE,
          LINK_STOLEN,
          BUSY,
          LIMIT_REACHED,
          NO_ANSWER,
          DISCONNECTED,
          UNKNOWN ->
          gaveUp(attempted, attempts, text);
    };
  }

  private ProduceException gaveUp(String attempted, int attempts, String text) {
    return new ProduceException(
        attempted
            + " failed after "
            + attempts
            + (attempts == 1 ? " attempt: " : " attempts: ")
            + text,
        cause(),
        isPassing());
  }
}
