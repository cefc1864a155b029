// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.awaitility.Awaitility.await;

import com.azure.storage.blob.BlobContainerAsyncClient;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.emulator.clients.AzuriteServer;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The contract of partition stores on Azurite, which goes by the clock of the machine. */
class AzuritePartitionStoreTest extends PartitionStoreContract {

  private static AzuriteServer azurite;
  private static int containers;

  private PartitionStore store;

  @BeforeAll
  static void start() {
    azurite = AzuriteServer.start();
  }

  @AfterAll
  static void stop() {
    azurite.close();
  }

  @BeforeEach
  void createContainer() {
    containers++;
    BlobContainerAsyncClient container =
        BlobClients.asyncContainer(azurite.connectionString(), "contract-" + containers);
    container.create().block();
    store = BlobPartitionStore.create(container, Duration.ofSeconds(30));
  }

  @Override
  protected PartitionStore store() {
    return store;
  }

  /** The clock of the store tells whole seconds. */
  @Override
  protected void passTime(Duration time) {
    Instant end = get(store.serverTime()).plus(time).plusSeconds(1);
    await().atMost(time.plusSeconds(30)).until(() -> !get(store.serverTime()).isBefore(end));
  }

  @Override
  protected Duration testedAge() {
    return Duration.ofSeconds(2);
  }
}
