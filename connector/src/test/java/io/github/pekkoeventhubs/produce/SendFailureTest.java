// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.exception.ClientAuthenticationException;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.EventTooLargeException;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.failure.AnsweredStatus;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.Exceptions;

class SendFailureTest {

  private static AmqpException amqp(boolean passing, AmqpErrorCondition condition) {
    return new AmqpException(passing, condition, "message", null);
  }

  private static Throwable raised(Throwable cause) {
    return SendFailure.of(cause)
        .toException("Sending 5 events", 2, "event hub 'orders' in the namespace ns");
  }

  @Test
  void looksBehindUsedUpRetriesOfTheSdk() {
    AmqpException cause = amqp(true, AmqpErrorCondition.SERVER_BUSY_ERROR);

    assertThat(SendFailure.of(Exceptions.retryExhausted("0/0", cause)).cause()).isSameAs(cause);
    assertThat(SendFailure.of(new CompletionException(cause)).cause()).isSameAs(cause);
    assertThat(SendFailure.of(cause).cause()).isSameAs(cause);
  }

  @Test
  void throttlingTimeoutsAndLostConnectionsPass() {
    assertThat(SendFailure.of(amqp(true, AmqpErrorCondition.SERVER_BUSY_ERROR)).isPassing())
        .isTrue();
    assertThat(SendFailure.of(amqp(false, AmqpErrorCondition.OPERATION_CANCELLED)).isPassing())
        .isTrue();
    assertThat(SendFailure.of(new TimeoutException("late")).isPassing()).isTrue();
    assertThat(SendFailure.of(new IllegalStateException("disposed")).isPassing()).isTrue();
    assertThat(SendFailure.of(new RejectedExecutionException("closed")).isPassing()).isTrue();
  }

  /** The SDK's time-out of a call, and its own of an event that is on its way, race each other. */
  @Test
  void aTimeThatIsOverIsNoAnswerInBothOfItsForms() {
    assertThat(SendFailure.of(new TimeoutException("late")).isUnanswered()).isTrue();
    assertThat(
            SendFailure.of(Exceptions.retryExhausted("0/0", new TimeoutException("late")))
                .isUnanswered())
        .isTrue();
    assertThat(SendFailure.of(amqp(true, AmqpErrorCondition.TIMEOUT_ERROR)).isUnanswered())
        .isTrue();
    assertThat(SendFailure.of(amqp(true, AmqpErrorCondition.SERVER_BUSY_ERROR)).isUnanswered())
        .isFalse();
    assertThat(SendFailure.of(new IllegalStateException("disposed")).isUnanswered()).isFalse();
  }

  @Test
  void refusalsLastAndReachedLimitsDoNot() {
    assertThat(SendFailure.of(amqp(false, AmqpErrorCondition.UNAUTHORIZED_ACCESS)).isPassing())
        .isFalse();
    assertThat(SendFailure.of(amqp(false, AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED)).isPassing())
        .isTrue();
    assertThat(SendFailure.of(new IllegalArgumentException("no encoding")).isPassing()).isFalse();
  }

  /** An exception as the SDK makes it of the service's answer to a batch. */
  private static AmqpException answered(boolean passing, AmqpErrorCondition condition) {
    return madeBy("ReactorSender", "processDeliveredMessage", amqp(passing, condition));
  }

  /** An exception as the SDK makes it of a link that the service closes. */
  private static <E extends Exception> E closed(E failure) {
    return madeBy("handler.LinkHandler", "handleRemoteLinkClosed", failure);
  }

  private static <E extends Exception> E madeBy(String type, String method, E failure) {
    failure.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement(
              "com.azure.core.amqp.implementation." + type, method, type + ".java", 707)
        });
    return failure;
  }

  /** With unanswered = fail a refusal is sent again, and keeps the words of the service. */
  @Test
  void aBusyServiceAndAReachedLimitHaveStoredNothing() {
    assertThat(SendFailure.of(answered(true, AmqpErrorCondition.SERVER_BUSY_ERROR)).mayBeStored())
        .isFalse();
    assertThat(
            SendFailure.of(answered(false, AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED))
                .mayBeStored())
        .isFalse();
    assertThat(SendFailure.of(answered(true, AmqpErrorCondition.TIMEOUT_ERROR)).mayBeStored())
        .isTrue();
    assertThat(SendFailure.of(amqp(true, AmqpErrorCondition.LINK_DETACH_FORCED)).mayBeStored())
        .isTrue();
    assertThat(SendFailure.of(new TimeoutException("late")).mayBeStored()).isTrue();
  }

  /** A link that is closed takes the batches along that are on their way. */
  @Test
  void aLinkThatIsClosedAsBusyMayHaveStoredWhatWasOnItsWay() {
    assertThat(SendFailure.of(amqp(true, AmqpErrorCondition.SERVER_BUSY_ERROR)).mayBeStored())
        .isTrue();
    assertThat(
            SendFailure.of(amqp(false, AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED)).mayBeStored())
        .isTrue();
  }

  @Test
  void aLinkThatIsClosedForALastingReasonMayHaveStoredWhatWasOnItsWay() {
    AmqpException refused = amqp(false, AmqpErrorCondition.UNAUTHORIZED_ACCESS);
    assertThat(SendFailure.of(closed(refused)).mayBeStored()).isTrue();
    // So the SDK hands on amqp:not-allowed.
    assertThat(SendFailure.of(closed(new UnsupportedOperationException("closed"))).mayBeStored())
        .isTrue();
    assertThat(
            SendFailure.of(answered(false, AmqpErrorCondition.UNAUTHORIZED_ACCESS)).mayBeStored())
        .isFalse();
  }

  @Test
  void whatWasNeverSentIsNotStored() {
    assertThat(SendFailure.of(new IllegalArgumentException("no encoding")).mayBeStored()).isFalse();
    assertThat(
            SendFailure.of(amqp(false, AmqpErrorCondition.LINK_PAYLOAD_SIZE_EXCEEDED))
                .mayBeStored())
        .isFalse();
    assertThat(SendFailure.of(new ClientAuthenticationException("no token", null)).mayBeStored())
        .isFalse();
    assertThat(SendFailure.of(new EventTooLargeException(2, 1)).mayBeStored()).isFalse();
  }

  /** The connection that the answer has come through is not given up, with what is on its way. */
  @Test
  void aTimeOutOfTheServiceIsAnAnswer() {
    assertThat(SendFailure.of(answered(true, AmqpErrorCondition.TIMEOUT_ERROR)).isUnanswered())
        .isFalse();
  }

  @Test
  void becomesTheExceptionThatSaysWhatToDo() {
    AmqpException notFound =
        new AmqpException(
            false,
            AmqpErrorCondition.NOT_FOUND,
            "The messaging entity 'orders' could not be found.",
            null);
    EventTooLargeException tooLarge = new EventTooLargeException(2, 1);

    assertThat(raised(notFound))
        .isInstanceOf(EventHubNotFoundException.class)
        .hasMessageContaining("There is no event hub 'orders' in the namespace ns")
        .hasMessageContaining("event-hub-name")
        .hasCause(notFound);
    assertThat(raised(amqp(false, AmqpErrorCondition.UNAUTHORIZED_ACCESS)))
        .isInstanceOf(EventHubsAuthorizationException.class);
    assertThat(raised(amqp(false, AmqpErrorCondition.ARGUMENT_ERROR)))
        .isInstanceOf(ProduceException.class)
        .hasMessageContaining("Sending 5 events failed")
        .hasMessageContaining("2 attempts");
    assertThat(raised(amqp(false, AmqpErrorCondition.ARGUMENT_OUT_OF_RANGE_ERROR)))
        .isInstanceOf(ProduceException.class)
        .hasMessageContaining("has no such partition; name one that it has, or add partitions");
    assertThat(raised(tooLarge)).isSameAs(tooLarge);
  }

  @Test
  void aTokenThatIsNotThereNowComesWithTheNextAttemptAndARefusedOneDoesNot() {
    ClientAuthenticationException hiccup =
        new ClientAuthenticationException("no answer of the metadata service", null);
    ClientAuthenticationException refused =
        new ClientAuthenticationException("invalid client secret", new AnsweredStatus(401));

    assertThat(SendFailure.of(hiccup).isPassing()).isTrue();
    assertThat(raised(hiccup))
        .isInstanceOfSatisfying(ProduceException.class, e -> assertThat(e.isTransient()).isTrue())
        .hasMessageContaining("there is no access token");
    assertThat(SendFailure.of(refused).isPassing()).isFalse();
    assertThat(raised(refused))
        .isInstanceOf(EventHubsAuthorizationException.class)
        .hasMessageContaining("invalid client secret")
        .hasMessageContaining("event hub 'orders' in the namespace ns");
  }
}
