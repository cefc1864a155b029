// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ownership.PartitionRun.OwnConnection;

/** Opens receivers on the partition. */
interface ReceiverSource {
  PartitionReceiver open(
      EventHubPartition partition,
      EventPosition after,
      int prefetchCount,
      PartitionReceiver.Destination destination,
      PartitionReceiver.Ends ends);

  /** Whether the partition's connection has left questions unanswered and was replaced. */
  boolean hasSilentConnection(EventHubPartition partition);

  /** The next receiver is to use another connection. */
  void abandonConnection(EventHubPartition partition);

  /**
   * Says which connection the next receiver is to use. By default each has one of its own anyway.
   *
   * @return whether it gets one of its own, if it is to: too many partitions may have one
   */
  default boolean useOwnConnection(EventHubPartition partition, OwnConnection wish) {
    return true;
  }

  /** No receiver follows until another intake opens one. */
  void leaveConnection(EventHubPartition partition);
}
