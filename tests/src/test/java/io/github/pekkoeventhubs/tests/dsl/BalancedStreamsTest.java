// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import java.time.Duration;

/**
 * The tests of streams whose partitions the cluster places also pass when only the store places
 * them.
 */
class BalancedStreamsTest extends OwnedStreamsTest {

  @Override
  Subscription subscription() {
    return Subscriptions.balanced();
  }

  @Override
  ConsumerSettings settings() {
    return super.settings()
        .withBalanced(
            new BalancedSettings(
                Duration.ofMillis(300),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30)));
  }
}
