// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.PartitionEpoch;

/** The committer's decisions about the offsets of one partition, without a stage or a store. */
public final class SyntheticFlushes {

  private final FlushPolicy policy;
  private final PartitionCommits commits;

  /**
   * For the offsets of one epoch.
   *
   * @param settings say when to flush
   */
  public SyntheticFlushes(CommitterSettings settings, PartitionEpoch epoch) {
    this.policy = new FlushPolicy(settings);
    this.commits = new PartitionCommits(epoch, null, System::nanoTime, policy.maxUnwritten());
  }

  /**
   * Takes in all these offsets, and then one flush.
   *
   * @return the sum of the waiting times that the policy has answered
   */
  public long observe(CommittableOffset... offsets) {
    long wait = 0;
    for (CommittableOffset offset : offsets) {
      boolean hadWork = commits.hasWork();
      long pending = commits.pendingEvents();
      long unwritten = commits.unwrittenEvents();
      commits.observe(offset, 1);
      if (policy.hasCrossedBound(commits, hadWork, pending, unwritten)) {
        wait += policy.nanosUntilFlush(commits, System.nanoTime());
      }
    }
    commits.flushStarted();
    commits.flushEnded();
    return wait;
  }
}
