// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.pieces;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.testkit.ConsumerResultFactory;

/** Epochs whose commits all succeed at once. */
public final class Epochs {

  private Epochs() {}

  /** The epoch of a partition. */
  public static PartitionEpoch of(String partitionId) {
    EventHubPartition partition = new EventHubPartition("localhost", "hub", "group", partitionId);
    return ConsumerResultFactory.committableOffset(partition, 0, "0").epoch();
  }
}
