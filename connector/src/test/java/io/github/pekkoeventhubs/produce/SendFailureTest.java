// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.EventTooLargeException;
import io.github.pekkoeventhubs.ProduceException;
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
    return SendFailure.of(cause).toException("Sending 5 events", 2);
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

  @Test
  void refusalsLast() {
    assertThat(SendFailure.of(amqp(false, AmqpErrorCondition.UNAUTHORIZED_ACCESS)).isPassing())
        .isFalse();
    assertThat(SendFailure.of(amqp(false, AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED)).isPassing())
        .isFalse();
    assertThat(SendFailure.of(new IllegalArgumentException("no encoding")).isPassing()).isFalse();
  }

  @Test
  void becomesTheExceptionThatSaysWhatToDo() {
    AmqpException notFound = amqp(false, AmqpErrorCondition.NOT_FOUND);
    EventTooLargeException tooLarge = new EventTooLargeException(2, 1);

    assertThat(raised(notFound))
        .isInstanceOf(EventHubNotFoundException.class)
        .hasMessageContaining("event-hub-name")
        .hasCause(notFound);
    assertThat(raised(amqp(false, AmqpErrorCondition.UNAUTHORIZED_ACCESS)))
        .isInstanceOf(EventHubsAuthorizationException.class);
    assertThat(raised(amqp(false, AmqpErrorCondition.ARGUMENT_ERROR)))
        .isInstanceOf(ProduceException.class)
        .hasMessageContaining("Sending 5 events failed")
        .hasMessageContaining("2 attempts");
    assertThat(raised(tooLarge)).isSameAs(tooLarge);
  }
}
