// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import java.util.List;

/** An event hub as the probes look at it. */
interface ProbedEventHub {

  List<String> partitionIds();

  /** The partition as checkpoints and status name it. */
  EventHubPartition partition(String partitionId);

  PartitionStore partitionStore();

  /** The sequence number in the service of the event that has number 0 in the test. */
  long firstNumber(String partitionId);

  /** The sequence number of the last event, as the test counts; -1 if there is none. */
  long lastSequenceNumber(String partitionId);

  /** The container of the checkpoints. */
  String container();

  /** The embedded service. Skips the test where there is none. */
  BlobEmulator blobs();
}
