// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.testkit.InMemoryPartitionStore;
import java.time.Duration;

class InMemoryPartitionStoreTest extends PartitionStoreContract {

  private final SettableClock clock = new SettableClock();
  private final InMemoryPartitionStore store = InMemoryPartitionStore.create(clock);

  @Override
  PartitionStore store() {
    return store;
  }

  @Override
  void passTime(Duration time) {
    clock.advance(time);
  }
}
