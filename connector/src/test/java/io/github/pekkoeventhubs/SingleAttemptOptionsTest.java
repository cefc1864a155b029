// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.AmqpRetryPolicy;
import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.amqp.implementation.RetryUtil;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The SDK decides by these two numbers whether it sends again, and when it connects again. */
class SingleAttemptOptionsTest {

  private static final SingleAttemptOptions OPTIONS =
      new SingleAttemptOptions(Duration.ofSeconds(30));

  private final AmqpRetryPolicy policy = RetryUtil.getRetryPolicy(OPTIONS);

  private static AmqpException passing() {
    return new AmqpException(true, AmqpErrorCondition.PROTON_IO, "lost", null);
  }

  /** It might report an earlier refusal of another batch, and that one would be sent again. */
  @Test
  void theTimeOfTheSdkIsOverAfterOurs() {
    assertThat(OPTIONS.getTryTimeout()).isEqualTo(Duration.ofSeconds(31));
  }

  /** A sender asks with the number of retries so far. */
  @Test
  void noSendIsRepeated() {
    assertThat(policy.calculateRetryDelay(passing(), 0)).isNull();
  }

  /** A connection asks with the smaller one of its attempts so far and of the largest number. */
  @Test
  void aConnectionIsTriedAgainSoon() {
    int attempts = Math.min(7, policy.getMaxRetries());

    assertThat(policy.calculateRetryDelay(passing(), attempts))
        .isBetween(Duration.ofMillis(100), Duration.ofSeconds(2));
  }
}
