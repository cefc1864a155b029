// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.failure;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.exception.HttpResponseException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.annotation.InternalApi;

/**
 * The meaning of an exception of the Event Hubs SDK, the same for those who receive, ask and send.
 * The innermost facts come first: a token that there is not, then the error condition that the
 * service has named, then a lost connection or a missing answer, and the type of the exception only
 * where there is none of these. Total: each failure has a meaning. Immutable; any thread.
 *
 * @param kind what has happened
 * @param cause the failure without what futures and Reactor have put around it
 * @param text the words of the service, or of whoever has failed
 */
@InternalApi
public record ServiceFailure(Kind kind, Throwable cause, String text) {

  /** The kinds of failures. */
  public enum Kind {
    /** The identity provider has refused the credential. */
    TOKEN_REFUSED(false),
    /** There is no access token now. */
    NO_TOKEN(true),
    /** The namespace has refused the key or the token. */
    ACCESS_REFUSED(false),
    /** The event hub, the consumer group or the namespace does not exist. */
    NOT_FOUND(false),
    /** The event hub has no such partition. */
    NO_SUCH_PARTITION(false),
    /** An argument was refused, such as a position that does not exist. */
    ARGUMENT_REFUSED(false),
    /** The service does not do this, here or at all. */
    NOT_ALLOWED(false),
    /** The link does not allow messages as large as the one that was sent. */
    TOO_LARGE(false),
    /** The service has given the link to another receiver. */
    LINK_STOLEN(true),
    /** The service is too busy, and has not done what was asked. */
    BUSY(true),
    /** There are as many of these as are allowed, until one of them ends. */
    LIMIT_REACHED(true),
    /** The time for an answer has passed. */
    NO_ANSWER(true),
    /** The connection, its session or the link is lost. */
    DISCONNECTED(true),
    /** Nothing above. It is tried again, since most of what is unknown is a state of the SDK's. */
    UNKNOWN(true);

    private final boolean mayPass;

    Kind(boolean mayPass) {
      this.mayPass = mayPass;
    }

    /** Whether the same request may succeed later. */
    public boolean mayPass() {
      return mayPass;
    }
  }

  /** The meaning of a failure. Never fails. */
  public static ServiceFailure of(Throwable failure) {
    Throwable cause = Causes.unwrapped(failure);
    Optional<AccessTokenFailure> token =
        AccessTokenFailure.in(cause)
            // There is no HTTP between the SDK and the namespace: only a credential speaks it.
            .or(() -> Causes.find(cause, HttpResponseException.class).map(AccessTokenFailure::of));
    if (token.isPresent()) {
      return new ServiceFailure(
          token.get().refused() ? Kind.TOKEN_REFUSED : Kind.NO_TOKEN, cause, token.get().reason());
    }
    List<Throwable> causes = Causes.of(cause);
    Kind kind =
        named(causes).or(() -> connection(causes)).or(() -> type(causes)).orElse(Kind.UNKNOWN);
    return new ServiceFailure(
        kind, cause, Objects.requireNonNullElseGet(cause.getMessage(), cause::toString));
  }

  /** Whether the same request may succeed later. */
  public boolean mayPass() {
    return kind.mayPass();
  }

  /**
   * Whether the time for an answer has passed. The SDK says so by a {@link TimeoutException}, or by
   * a condition, by whichever of its timers comes first.
   */
  public boolean isUnanswered() {
    return kind == Kind.NO_ANSWER;
  }

  /**
   * Whether a question has got no answer. It fails with an exception of ours, whose cause is the
   * SDK's. A refusal is an answer.
   */
  public static boolean isUnansweredQuestion(Throwable failed) {
    return Causes.withoutFutures(failed) instanceof ServiceUnavailableException unavailable
        && unavailable.getCause() != null
        && of(unavailable.getCause()).isUnanswered();
  }

  /** The condition that the service has named; empty if it has named none. */
  public Optional<AmqpErrorCondition> condition() {
    return condition(Causes.of(cause)).map(AmqpException::getErrorCondition);
  }

  private static Optional<AmqpException> condition(List<Throwable> causes) {
    return causes.stream()
        .filter(AmqpException.class::isInstance)
        .map(AmqpException.class::cast)
        .filter(amqp -> amqp.getErrorCondition() != null)
        .findFirst();
  }

  private static Optional<Kind> named(List<Throwable> causes) {
    return condition(causes).map(amqp -> kindOf(amqp.getErrorCondition(), amqp));
  }

  private static Kind kindOf(AmqpErrorCondition condition, AmqpException amqp) {
    return switch (condition) {
      case NOT_FOUND -> isEntity(amqp) ? Kind.NOT_FOUND : Kind.DISCONNECTED;
      case UNAUTHORIZED_ACCESS, PUBLISHER_REVOKED_ERROR -> Kind.ACCESS_REFUSED;
      case ARGUMENT_OUT_OF_RANGE_ERROR -> Kind.NO_SUCH_PARTITION;
      case ARGUMENT_ERROR -> Kind.ARGUMENT_REFUSED;
      case NOT_ALLOWED, NOT_IMPLEMENTED, ENTITY_DISABLED_ERROR -> Kind.NOT_ALLOWED;
      case LINK_PAYLOAD_SIZE_EXCEEDED -> isWithoutALink(amqp) ? Kind.DISCONNECTED : Kind.TOO_LARGE;
      case LINK_STOLEN -> Kind.LINK_STOLEN;
      case SERVER_BUSY_ERROR -> Kind.BUSY;
      case RESOURCE_LIMIT_EXCEEDED -> Kind.LIMIT_REACHED;
      case TIMEOUT_ERROR -> Kind.NO_ANSWER;
      case LINK_DETACH_FORCED,
          CONNECTION_FORCED,
          CONNECTION_FRAMING_ERROR,
          PROTON_IO,
          INTERNAL_ERROR,
          // The SDK's word for a batch that the service released, or whose link closed under it.
          OPERATION_CANCELLED ->
          Kind.DISCONNECTED;
      default -> Kind.UNKNOWN;
    };
  }

  /** The service says so of an entity that is missing, and of a node that is gone for a moment. */
  private static boolean isEntity(AmqpException amqp) {
    return String.valueOf(amqp.getMessage()).toLowerCase(Locale.ROOT).contains("messaging entity");
  }

  /**
   * The SDK says so of any message that it is to send while its link is lost: it takes the missing
   * limit of the link for zero. It says the same, without the first two words, of an event that
   * does not fit into a small batch.
   */
  private static boolean isWithoutALink(AmqpException amqp) {
    return String.valueOf(amqp.getMessage())
        .contains("Error sending. Size of the payload exceeded maximum message size: 0 kb");
  }

  private static Optional<Kind> connection(List<Throwable> causes) {
    for (Throwable cause : causes) {
      if (cause instanceof TimeoutException) {
        return Optional.of(Kind.NO_ANSWER);
      }
      if (cause instanceof IOException || isPassing(cause)) {
        return Optional.of(Kind.DISCONNECTED);
      }
    }
    return Optional.empty();
  }

  private static boolean isPassing(Throwable cause) {
    return cause instanceof AmqpException amqp && amqp.isTransient();
  }

  private static Optional<Kind> type(List<Throwable> causes) {
    Throwable outermost = causes.get(0);
    if (outermost instanceof IllegalArgumentException) {
      return Optional.of(Kind.ARGUMENT_REFUSED);
    }
    // So the SDK hands on amqp:not-allowed and amqp:not-implemented.
    if (outermost instanceof UnsupportedOperationException) {
      return Optional.of(Kind.NOT_ALLOWED);
    }
    // While a connection is being replaced the SDK fails with "disposed" and "rejected", and the
    // next attempt gets a new link.
    return outermost instanceof IllegalStateException
            || outermost instanceof RejectedExecutionException
            || outermost instanceof CancellationException
        ? Optional.of(Kind.DISCONNECTED)
        : Optional.empty();
  }
}
