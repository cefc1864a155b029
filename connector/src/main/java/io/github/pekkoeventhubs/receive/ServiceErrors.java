// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.ReceiveException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.ownership.PartitionRun;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/** Translates errors of the SDK into failures of a consumer that say what its user can do. */
final class ServiceErrors {

  private final String namespace;
  private final String eventHub;
  private final String consumerGroup;

  ServiceErrors(String namespace, String eventHub, String consumerGroup) {
    this.namespace = namespace;
    this.eventHub = eventHub;
    this.consumerGroup = consumerGroup;
  }

  /** Translates the error that has ended a receiver into its meaning for the partition. */
  PartitionRun.ReceiverEnd receiverEnd(
      EventHubPartition partition, Throwable error, boolean hadReceived) {
    Throwable cause = unwrapped(error);
    boolean stolen =
        cause instanceof AmqpException amqp
            && amqp.getErrorCondition() == AmqpErrorCondition.LINK_STOLEN;
    if (stolen) {
      return new PartitionRun.ReceiverEnd(
          new ReceiveException("another receiver took the link to " + partition, cause, true),
          true,
          hadReceived,
          true);
    }
    EventHubsException meaning = meaning("receiving from " + partition, cause, partition);
    return new PartitionRun.ReceiverEnd(
        meaning, false, hadReceived, meaning instanceof ServiceUnavailableException);
  }

  /** Translates an error that the service has sent in answer to a question. */
  EventHubsException questionFailed(String question, Throwable error) {
    return meaning(question, unwrapped(error), null);
  }

  /**
   * The same, with the reason where no answer has come. It ends within a few seconds, and always
   * with an exception of ours.
   */
  CompletionStage<EventHubsException> questionFailed(
      String question, Throwable error, NamespaceAddress address) {
    Throwable cause = unwrapped(error);
    EventHubsException meaning = meaning(question, cause, null);
    if (!(meaning instanceof ServiceUnavailableException) || !isSilence(cause)) {
      return CompletableFuture.completedFuture(meaning);
    }
    return address
        .whyNoAnswer()
        .thenApply(why -> new ServiceUnavailableException(question + " failed: " + why, cause));
  }

  /** Whether the service has said nothing at all, or nothing that explains the error. */
  private static boolean isSilence(Throwable cause) {
    if (cause instanceof AmqpException amqp) {
      AmqpErrorCondition condition = amqp.getErrorCondition();
      return condition == null || condition == AmqpErrorCondition.TIMEOUT_ERROR;
    }
    return true;
  }

  private EventHubsException meaning(
      String what, Throwable cause, @Nullable EventHubPartition partition) {
    if (cause instanceof EventHubsException known) {
      return known;
    }
    AmqpErrorCondition condition =
        cause instanceof AmqpException amqp ? amqp.getErrorCondition() : null;
    if (condition == null) {
      return cause instanceof IllegalArgumentException
          ? new ReceiveException(what + " was refused: " + cause.getMessage(), cause)
          : new ServiceUnavailableException(what + " failed: " + cause, cause);
    }
    return switch (condition) {
      case NOT_FOUND -> notFound(what, cause);
      case UNAUTHORIZED_ACCESS, PUBLISHER_REVOKED_ERROR -> refusedCredentials(cause);
      case ARGUMENT_OUT_OF_RANGE_ERROR -> noSuchPartition(partition, cause);
      case ARGUMENT_ERROR ->
          new ReceiveException(
              what
                  + " was refused, most likely since the stored position does not exist in this"
                  + " event hub (was it created anew?): correct or delete the checkpoint ("
                  + cause.getMessage()
                  + ")",
              cause);
      case NOT_ALLOWED, NOT_IMPLEMENTED, ENTITY_DISABLED_ERROR ->
          new ReceiveException(what + " was refused: " + cause.getMessage(), cause);
      default -> new ServiceUnavailableException(what + " failed: " + cause.getMessage(), cause);
    };
  }

  /** The service says so of an entity that is missing, and of a node that is gone for a moment. */
  private EventHubsException notFound(String what, Throwable cause) {
    boolean entityIsMissing =
        String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("messaging entity");
    return entityIsMissing
        ? new EventHubNotFoundException(
            "the namespace "
                + namespace
                + " has no event hub '"
                + eventHub
                + "' with a consumer group '"
                + consumerGroup
                + "': correct the names or create what is missing ("
                + cause.getMessage()
                + ")",
            cause)
        : new ServiceUnavailableException(what + " failed: " + cause.getMessage(), cause);
  }

  private EventHubsAuthorizationException refusedCredentials(Throwable cause) {
    return new EventHubsAuthorizationException(
        "the namespace "
            + namespace
            + " refused the credentials for event hub '"
            + eventHub
            + "': check the key and its Listen right, or the role of the identity ("
            + cause.getMessage()
            + ")",
        cause);
  }

  private PartitionNotFoundException noSuchPartition(
      @Nullable EventHubPartition partition, Throwable cause) {
    return new PartitionNotFoundException(
        "event hub '"
            + eventHub
            + "' has no partition '"
            + (partition == null ? "?" : partition.partitionId())
            + "' ("
            + cause.getMessage()
            + ")",
        cause);
  }

  private static Throwable unwrapped(Throwable error) {
    Throwable current = Exceptions.unwrap(error);
    while (current.getCause() != null
        && (current instanceof CompletionException
            || Exceptions.isRetryExhausted(current)
            || (current instanceof RuntimeException
                && current.getClass() == RuntimeException.class))) {
      current = current.getCause();
    }
    return current;
  }
}
