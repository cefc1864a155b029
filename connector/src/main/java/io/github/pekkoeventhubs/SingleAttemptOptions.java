// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.amqp.AmqpRetryMode;
import com.azure.core.amqp.AmqpRetryOptions;
import java.time.Duration;

/**
 * Options with which the SDK (azure-core-amqp 2.12.1) sends a batch once, and connects again every
 * two seconds. With the smallest number of retries that its own options take, 0, it sends a batch
 * that the service has refused with an internal error once more, about a second later, and nobody
 * hears of it: it compares the retries so far, which are none, with the limit. The mode is fixed,
 * since the growing delay comes out as its maximum, a minute, where the number is negative.
 */
final class SingleAttemptOptions extends AmqpRetryOptions {

  /**
   * The SDK's time for a call is a second longer than ours, so that it is never the one that ends
   * it: what it says then may be an earlier answer of the service, to another batch.
   *
   * @param sendTimeout the time for an attempt, after which the connector ends it
   */
  SingleAttemptOptions(Duration sendTimeout) {
    setMode(AmqpRetryMode.FIXED);
    setTryTimeout(sendTimeout.plusSeconds(1));
  }

  @Override
  public int getMaxRetries() {
    return -1;
  }
}
