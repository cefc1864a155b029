// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.testkit.InMemoryPartitionStore;
import io.github.pekkoeventhubs.testkit.PartitionStoreContract;
import io.github.pekkoeventhubs.testkit.SettableClock;
import java.time.Duration;

class InMemoryPartitionStoreTest extends PartitionStoreContract {

  private final SettableClock clock = SettableClock.create();
  private final InMemoryPartitionStore store = InMemoryPartitionStore.create(clock);

  @Override
  protected PartitionStore store() {
    return store;
  }

  @Override
  protected void passTime(Duration time) {
    clock.advance(time);
  }
}
