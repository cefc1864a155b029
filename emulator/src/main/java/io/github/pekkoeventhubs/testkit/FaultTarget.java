// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import java.util.List;

/** The event hub and the blobs that a {@link FaultSchedule} disturbs. */
public interface FaultTarget {

  /** Faults for the clients of the event hub. */
  EventHubsFaults faults();

  /** Faults for the clients of the blobs. */
  BlobFaults blobFaults();

  /** The Blob service, whose clock the schedule may move. */
  BlobEmulator blobs();

  /** The name of the event hub. */
  String name();

  /** The consumer group from which partitions are stolen. */
  String consumerGroup();

  /** The ids of the partitions of the event hub. */
  List<String> partitionIds();
}
