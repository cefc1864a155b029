// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import java.time.Instant;
import java.util.function.LongSupplier;

/** Makes statuses, and does to them what only an owner may. */
public final class TestStatuses {

  private TestStatuses() {}

  /** That of a partition which is being read by this run, over an attached link. */
  public static LivePartitionStatus running(
      EventHubPartition partition, PartitionSession session, PartitionRun run, LongSupplier time) {
    LivePartitionStatus status = new LivePartitionStatus(partition, time, () -> Instant.EPOCH);
    status.running(session, run);
    status.follow(State.RUNNING, Link.ATTACHED);
    return status;
  }
}
