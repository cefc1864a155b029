// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.exception.ClientAuthenticationException;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.ReceiveException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.failure.AnsweredStatus;
import io.github.pekkoeventhubs.ownership.PartitionRun.ReceiverEnd;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Exceptions;

class ServiceErrorsTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns", "orders", "billing", "7");

  private final ServiceErrors errors = new ServiceErrors("ns", "orders", "billing");

  private static AmqpException amqp(AmqpErrorCondition condition, String message) {
    return new AmqpException(false, condition, message, null);
  }

  private ReceiverEnd end(Throwable error) {
    return errors.receiverEnd(PARTITION, error, true);
  }

  static Stream<Arguments> finalErrors() {
    return Stream.of(
        Arguments.of(
            AmqpErrorCondition.UNAUTHORIZED_ACCESS,
            "no Listen claim",
            EventHubsAuthorizationException.class,
            "refused the credentials for event hub 'orders': check the key"),
        Arguments.of(
            AmqpErrorCondition.NOT_FOUND,
            "The messaging entity 'sb://ns/orders' could not be found",
            EventHubNotFoundException.class,
            "has no event hub 'orders' with a consumer group 'billing'"),
        Arguments.of(
            AmqpErrorCondition.ARGUMENT_OUT_OF_RANGE_ERROR,
            "The specified partition is invalid",
            PartitionNotFoundException.class,
            "has no partition '7': name one that it has, or add partitions"),
        Arguments.of(
            AmqpErrorCondition.ARGUMENT_ERROR,
            "The supplied offset is invalid",
            ReceiveException.class,
            "correct or delete the checkpoint"),
        Arguments.of(
            AmqpErrorCondition.NOT_ALLOWED,
            "not here",
            ReceiveException.class,
            "was refused: enable the event hub"),
        Arguments.of(
            AmqpErrorCondition.ENTITY_DISABLED_ERROR,
            "disabled",
            ReceiveException.class,
            "was refused: enable the event hub if it is disabled"));
  }

  @ParameterizedTest
  @MethodSource("finalErrors")
  void whatCannotPassIsNamedWithWhatCanBeDone(
      AmqpErrorCondition condition,
      String message,
      Class<? extends EventHubsException> type,
      String explained) {
    AmqpException cause = amqp(condition, message);

    ReceiverEnd end = end(cause);

    assertThat(end.mayPass()).isFalse();
    assertThat(end.stolen()).isFalse();
    assertThat(end.cause())
        .isExactlyInstanceOf(type)
        .hasMessageContaining(explained)
        .hasMessageContaining(message)
        .hasCause(cause);
  }

  @ParameterizedTest
  @EnumSource(
      value = AmqpErrorCondition.class,
      names = {
        "SERVER_BUSY_ERROR",
        "TIMEOUT_ERROR",
        "INTERNAL_ERROR",
        "CONNECTION_FORCED",
        "LINK_DETACH_FORCED",
        "RESOURCE_LIMIT_EXCEEDED"
      })
  void whatMayPassIsTriedAgain(AmqpErrorCondition condition) {
    ReceiverEnd end = end(amqp(condition, "later"));

    assertThat(end.mayPass()).isTrue();
    assertThat(end.cause()).isExactlyInstanceOf(ServiceUnavailableException.class);
  }

  @Test
  void aNodeThatIsNotFoundForAMomentMayComeBack() {
    assertThat(end(amqp(AmqpErrorCondition.NOT_FOUND, "no such link")).mayPass()).isTrue();
  }

  @Test
  void aStolenLinkMayComeBackAndIsNoFailure() {
    ReceiverEnd end = end(amqp(AmqpErrorCondition.LINK_STOLEN, "epoch 0"));

    assertThat(end.stolen()).isTrue();
    assertThat(end.mayPass()).isTrue();
    assertThat(end.hadReceived()).isTrue();
    assertThat(end.cause()).hasMessageContaining("ns/orders/billing/7");
  }

  @Test
  void aQuestionAboutAPartitionThatDoesNotExistNamesThePartitionItself() {
    assertThat(
            answer(
                "asking for the properties of partition '7'",
                amqp(AmqpErrorCondition.ARGUMENT_OUT_OF_RANGE_ERROR, "invalid")))
        .isExactlyInstanceOf(PartitionNotFoundException.class)
        .hasMessageStartingWith(
            "asking for the properties of partition '7' failed: event hub 'orders' has no such"
                + " partition: name one that it has, or add partitions to the event hub (invalid)");
  }

  @Test
  void aLostConnectionMayComeBack() {
    assertThat(end(new AmqpException(true, "connection lost", null)).mayPass()).isTrue();
    assertThat(end(new TimeoutException("no answer")).mayPass()).isTrue();
  }

  @Test
  void aRefusedArgumentDoesNotPass() {
    assertThat(end(new IllegalArgumentException("bad position")).cause())
        .isExactlyInstanceOf(ReceiveException.class)
        .hasMessageContaining("bad position");
  }

  private EventHubsException answer(Throwable error) {
    return answer("asking", error);
  }

  private EventHubsException answer(String question, Throwable error) {
    return errors
        .questionFailed(question, error, new NamespaceAddress("localhost", 1, true))
        .toCompletableFuture()
        .join();
  }

  @Test
  void theMeaningIsFoundUnderWhatOthersHaveWrappedAroundIt() {
    AmqpException cause = amqp(AmqpErrorCondition.UNAUTHORIZED_ACCESS, "no claim");

    assertThat(answer(new CompletionException(cause)))
        .isInstanceOf(EventHubsAuthorizationException.class);
    assertThat(answer(new RuntimeException(cause)))
        .isInstanceOf(EventHubsAuthorizationException.class);
    assertThat(answer(Exceptions.propagate(new Exception(cause))))
        .isInstanceOf(EventHubsException.class);
    assertThat(answer(Exceptions.retryExhausted("tired", cause)))
        .isInstanceOf(EventHubsAuthorizationException.class);
  }

  @Test
  void anErrorThatIsOursAlreadyIsKept() {
    ReceiveException ours = new ReceiveException("known");

    assertThat(answer(new CompletionException(ours))).isSameAs(ours);
  }

  @Test
  void aRefusedClientSecretIsARefusalOfCredentials() {
    ReceiverEnd end =
        end(new ClientAuthenticationException("invalid client secret", new AnsweredStatus(400)));

    assertThat(end.mayPass()).isFalse();
    assertThat(end.cause())
        .isExactlyInstanceOf(EventHubsAuthorizationException.class)
        .hasMessageContaining("the identity provider has refused the credential")
        .hasMessageContaining("invalid client secret");
  }

  @Test
  void aTokenThatIsNotThereNowIsAskedForAgain() {
    ReceiverEnd end = end(new ClientAuthenticationException("no metadata service", null));

    assertThat(end.mayPass()).isTrue();
    assertThat(end.cause())
        .isExactlyInstanceOf(ServiceUnavailableException.class)
        .hasMessageContaining("there is no access token now (no metadata service");
  }
}
