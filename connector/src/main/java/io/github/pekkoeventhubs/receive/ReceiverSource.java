// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.EventHubPartition;

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
   * The next receiver is to use a connection that no other partition uses. By default each has one
   * anyway.
   *
   * @return false if too many partitions have one
   */
  default boolean useOwnConnection(EventHubPartition partition) {
    return true;
  }

  /** No receiver follows until another intake opens one. */
  void leaveConnection(EventHubPartition partition);
}
