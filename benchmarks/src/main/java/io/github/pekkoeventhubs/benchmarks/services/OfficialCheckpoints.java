// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.services;

import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;

/** Checkpoints as the official store writes them. */
public final class OfficialCheckpoints {

  private OfficialCheckpoints() {}

  /**
   * Stores this number of checkpoints of one partition in a container of their own, one after the
   * other.
   */
  public static void store(ServicesProcess services, String eventHub, int count) {
    BlobCheckpointStore store = new BlobCheckpointStore(services.newContainer());
    for (int i = 0; i < count; i++) {
      store
          .updateCheckpoint(
              new Checkpoint()
                  .setFullyQualifiedNamespace("localhost")
                  .setEventHubName(eventHub)
                  .setConsumerGroup(ServicesProcess.CONSUMER_GROUP)
                  .setPartitionId("0")
                  .setSequenceNumber((long) i)
                  .setOffsetString(Integer.toString(i)))
          .block();
    }
  }
}
