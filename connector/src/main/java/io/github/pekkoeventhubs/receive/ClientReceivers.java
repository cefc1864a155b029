// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ownership.PartitionRun.OwnConnection;
import io.github.pekkoeventhubs.threads.OwnThreads;
import org.jspecify.annotations.Nullable;

/** The receivers of one stream, on the connections of its clients. */
final class ClientReceivers implements ReceiverSource {

  private final EventHubService clients;
  private final @Nullable BoundedReading bounds;
  private final ServiceErrors errors;

  ClientReceivers(EventHubService clients, @Nullable BoundedReading bounds, ServiceErrors errors) {
    this.clients = clients;
    this.bounds = bounds;
    this.errors = errors;
  }

  @Override
  public PartitionReceiver open(
      EventHubPartition partition,
      EventPosition after,
      int prefetchCount,
      PartitionReceiver.Destination destination,
      PartitionReceiver.Ends ends) {
    return new PartitionReceiver(
        clients.receive(partition.partitionId(), after, prefetchCount),
        bounds == null ? destination : bounds.limited(partition.partitionId()),
        errors,
        ends,
        OwnThreads.pool());
  }

  @Override
  public boolean hasSilentConnection(EventHubPartition partition) {
    return clients.hasSilentConnection(partition.partitionId());
  }

  @Override
  public void abandonConnection(EventHubPartition partition) {
    clients.abandonConnection(partition.partitionId());
  }

  @Override
  public boolean useOwnConnection(EventHubPartition partition, OwnConnection wish) {
    return clients.useOwnConnection(partition.partitionId(), wish);
  }

  @Override
  public void leaveConnection(EventHubPartition partition) {
    clients.leaveConnection(partition.partitionId());
  }
}
