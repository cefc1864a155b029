// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.ReceiveException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.failure.ServiceFailure;
import io.github.pekkoeventhubs.failure.ServiceFailure.Kind;
import io.github.pekkoeventhubs.ownership.PartitionRun;
import java.nio.BufferUnderflowException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

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
    ServiceFailure failure = ServiceFailure.of(error);
    if (failure.kind() == Kind.LINK_STOLEN) {
      return new PartitionRun.ReceiverEnd(
          new ReceiveException(
              "another receiver took the link to " + partition, failure.cause(), true),
          true,
          hadReceived,
          true);
    }
    String what = "receiving from " + partition;
    if (isOfAnEvent(failure.cause())) {
      return new PartitionRun.ReceiverEnd(
          new ServiceUnavailableException(
              what + " failed at an event: " + failure.cause(), failure.cause()),
          false,
          hadReceived,
          true,
          PartitionRun.Fault.UNDECODABLE);
    }
    return new PartitionRun.ReceiverEnd(
        meaning(what, failure, partition),
        false,
        hadReceived,
        failure.cause() instanceof EventHubsException known
            ? known.isTransient()
            : failure.mayPass(),
        fault(failure));
  }

  private static PartitionRun.Fault fault(ServiceFailure failure) {
    if (failure.kind() == Kind.ACCESS_REFUSED) {
      return PartitionRun.Fault.ACCESS_REFUSED;
    }
    return failure.condition().filter(AmqpErrorCondition.ARGUMENT_ERROR::equals).isPresent()
        ? PartitionRun.Fault.POSITION_REFUSED
        : PartitionRun.Fault.NONE;
  }

  /**
   * Whether the SDK has failed in this process, as it does at an event that it cannot decode. A
   * connection fails in other ways.
   */
  private static boolean isOfAnEvent(Throwable cause) {
    return cause instanceof ClassCastException
        || cause instanceof NullPointerException
        || (cause instanceof IllegalArgumentException && !isRefusedArgument(cause))
        || cause instanceof IndexOutOfBoundsException
        || cause instanceof BufferUnderflowException;
  }

  /** Whether a question for an event may have failed at that event: it has no answer then. */
  static boolean mayBeOfAnEvent(Throwable failure) {
    Throwable cause = StageFailure.causeOf(failure).getCause();
    return cause != null
        && (isOfAnEvent(ServiceFailure.of(cause).cause())
            || ServiceFailure.of(cause).isUnanswered());
  }

  /** The SDK refuses a request of ours in this way; its decoder throws a subclass. */
  private static boolean isRefusedArgument(Throwable cause) {
    return cause.getClass() == IllegalArgumentException.class;
  }

  /**
   * Translates an error that the service has sent in answer to a question, with the reason where no
   * answer has come. It ends within a few seconds, and always with an exception of ours.
   */
  CompletionStage<EventHubsException> questionFailed(
      String question, Throwable error, NamespaceAddress address) {
    ServiceFailure failure = ServiceFailure.of(error);
    EventHubsException meaning = meaning(question, failure, null);
    if (!isSilence(failure) || failure.cause() instanceof EventHubsException) {
      return CompletableFuture.completedFuture(meaning);
    }
    return address
        .whyNoAnswer()
        .thenApply(
            why -> new ServiceUnavailableException(question + " failed: " + why, failure.cause()));
  }

  /** Whether the service has said nothing at all, or nothing that explains the error. */
  private static boolean isSilence(ServiceFailure failure) {
    return switch (failure.kind()) {
      case NO_ANSWER, UNKNOWN -> true;
      case DISCONNECTED -> failure.condition().isEmpty();
      case TOKEN_REFUSED,
          NO_TOKEN,
          ACCESS_REFUSED,
          NOT_FOUND,
          NO_SUCH_PARTITION,
          ARGUMENT_REFUSED,
          NOT_ALLOWED,
          TOO_LARGE,
          LINK_STOLEN,
          BUSY,
          LIMIT_REACHED ->
          false;
    };
  }

  private EventHubsException meaning(
      String what, ServiceFailure failure, @Nullable EventHubPartition partition) {
    Throwable cause = failure.cause();
    if (cause instanceof EventHubsException known) {
      return known;
    }
    String text = failure.text();
    return switch (failure.kind()) {
      case TOKEN_REFUSED ->
          new EventHubsAuthorizationException(
              "the identity provider has refused the credential for the namespace "
                  + namespace
                  + ": correct its tenant, client id, secret or certificate ("
                  + text
                  + ")",
              cause);
      case NO_TOKEN ->
          new ServiceUnavailableException(
              what + " failed: there is no access token now (" + text + ")", cause);
      case NOT_FOUND -> notFound(text, cause);
      case ACCESS_REFUSED -> refusedCredentials(text, cause);
      case NO_SUCH_PARTITION -> noSuchPartition(what, failure, partition);
      case ARGUMENT_REFUSED -> refusedArgument(what, failure);
      case NOT_ALLOWED, TOO_LARGE ->
          new ReceiveException(
              what
                  + " was refused: enable the event hub if it is disabled, or change what the"
                  + " service objects to ("
                  + text
                  + ")",
              cause);
      case LINK_STOLEN, BUSY, LIMIT_REACHED, NO_ANSWER, DISCONNECTED, UNKNOWN ->
          new ServiceUnavailableException(what + " failed: " + text, cause);
    };
  }

  private static ReceiveException refusedArgument(String what, ServiceFailure failure) {
    return new ReceiveException(
        failure.condition().isEmpty()
            ? what
                + " was refused: correct the argument that the SDK names ("
                + failure.text()
                + ")"
            : what
                + " was refused, most likely since the stored position does not exist in this"
                + " event hub (was it created anew?): correct or delete the checkpoint ("
                + failure.text()
                + ")",
        failure.cause());
  }

  private EventHubNotFoundException notFound(String text, Throwable cause) {
    return new EventHubNotFoundException(
        "the namespace "
            + namespace
            + " has no event hub '"
            + eventHub
            + "' with a consumer group '"
            + consumerGroup
            + "': correct the names or create what is missing ("
            + text
            + ")",
        cause);
  }

  private EventHubsAuthorizationException refusedCredentials(String text, Throwable cause) {
    return new EventHubsAuthorizationException(
        "the namespace "
            + namespace
            + " refused the credentials for event hub '"
            + eventHub
            + "': check the key and its Listen right, or the role of the identity ("
            + text
            + ")",
        cause);
  }

  /** The service has not said which partitions there are. A question names its partition itself. */
  private PartitionNotFoundException noSuchPartition(
      String what, ServiceFailure failure, @Nullable EventHubPartition partition) {
    return new PartitionNotFoundException(
        (partition == null
                ? what + " failed: event hub '" + eventHub + "' has no such partition"
                : "event hub '" + eventHub + "' has no partition '" + partition.partitionId() + "'")
            + ": name one that it has, or add partitions to the event hub ("
            + failure.text()
            + ")",
        failure.cause());
  }
}
