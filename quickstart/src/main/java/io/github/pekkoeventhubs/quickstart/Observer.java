// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.storage.blob.BlobContainerClient;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Looks at the event hub and at the container through the official clients. */
final class Observer {

  private final EventHubProducerClient eventHub;
  private final BlobContainerClient container;
  private final String consumerGroup;
  private final List<String> partitions;

  Observer(Connections connections, EventHubProducerClient eventHub) {
    this.eventHub = eventHub;
    this.container = connections.containerClient();
    this.consumerGroup = connections.consumerGroup();
    this.partitions = eventHub.getPartitionIds().stream().toList();
  }

  List<String> partitions() {
    return partitions;
  }

  /** The sequence number of the last event of a partition; -1 if there was none yet. */
  long lastEnqueued(String partition) {
    return eventHub.getPartitionProperties(partition).getLastEnqueuedSequenceNumber();
  }

  StoredPositions stored() {
    return StoredPositions.read(
        container,
        eventHub.getFullyQualifiedNamespace(),
        eventHub.getEventHubName(),
        consumerGroup);
  }

  List<PartitionProgress> progress(Consumers consumers) {
    Map<String, ReportedPartition> owned = consumers.partitions();
    StoredPositions stored = stored();
    return partitions.stream()
        .map(
            partition -> {
              ReportedPartition mine =
                  owned.getOrDefault(
                      partition, new ReportedPartition(partition, "", OptionalLong.empty()));
              String ownerId = stored.owner(partition);
              return new PartitionProgress(
                  partition,
                  ownerId.isEmpty() ? "" : consumers.nameOf(ownerId),
                  mine.state(),
                  mine.emitted(),
                  stored.checkpoint(partition),
                  OptionalLong.of(lastEnqueued(partition)));
            })
        .toList();
  }
}
