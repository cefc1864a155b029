// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.services.OfficialCheckpoints;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stores checkpoints until the compilers have seen enough of it. A reader stores a few dozen in the
 * third of a second that it is measured for, and the first thousands cost three times what the
 * later ones do; a process that has been reading for a minute is beyond that.
 */
final class StoreWarmUp {

  private static final int CHECKPOINTS = 4000;
  private static final long PATIENCE_SECONDS = 30;
  private static final String EVENT_HUB = "warm-up";
  private static final String OFFSET = "offset";
  private static final String SEQUENCE_NUMBER = "sequencenumber";
  private static final AtomicBoolean DONE = new AtomicBoolean();

  private StoreWarmUp() {}

  /** With the connector's store and with the official one, once in a process. */
  static void run(Environment environment) throws Exception {
    if (DONE.compareAndSet(false, true)) {
      int checkpoints = environment.scaled(CHECKPOINTS);
      connector(environment.services(), checkpoints);
      OfficialCheckpoints.store(environment.services(), EVENT_HUB, checkpoints);
    }
  }

  private static void connector(ServicesProcess services, int checkpoints) throws Exception {
    // The first request of a process loads its classes, which a busy machine takes seconds for.
    PartitionStore store =
        BlobPartitionStore.create(services.newContainer(), Duration.ofSeconds(15));
    EventHubPartition partition =
        new EventHubPartition("localhost", EVENT_HUB, ServicesProcess.CONSUMER_GROUP, "0");
    Optional<StoredCheckpoint> stored =
        store
            .createCheckpoint(partition, entries(0))
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    for (int i = 1; i < checkpoints; i++) {
      stored =
          store
              .replaceCheckpoint(partition, entries(i), stored.orElseThrow().version())
              .toCompletableFuture()
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static Map<String, String> entries(long position) {
    return Map.of(OFFSET, Long.toString(position), SEQUENCE_NUMBER, Long.toString(position));
  }
}
