// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.amqp.AmqpRetryOptions;

/**
 * Options with which the SDK (azure-core-amqp 2.12.1) sends a batch once. With the smallest number
 * of retries that its own options take, 0, it sends a batch that the service has refused with an
 * internal error once more, about a second later, and nobody hears of it: it compares the retries
 * so far, which are none, with the limit. Connections are opened again as often as with 0.
 */
final class SingleAttemptOptions extends AmqpRetryOptions {

  @Override
  public int getMaxRetries() {
    return -1;
  }
}
