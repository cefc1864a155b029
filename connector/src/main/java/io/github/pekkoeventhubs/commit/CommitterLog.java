// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.log.StreamFailureLog;
import java.time.Duration;
import java.util.List;

/**
 * The log lines of a committer.
 *
 * @param id the name of the committer
 */
record CommitterLog(String id) {

  private static final KeyedLog LOG =
      KeyedLog.named("io.github.pekkoeventhubs.commit.CommitterLogic");

  void storing(PartitionCommits commits, long events) {
    LOG.debug(commits.keys(), "[{}] {}: storing {} events", id, commits, events);
  }

  void notTheOwner(PartitionCommits commits) {
    LOG.debug(commits.keys(), "[{}] {}: not the owner any more", id, commits);
  }

  void notWritten(PartitionCommits commits, Throwable cause) {
    LOG.warn(
        commits.keys(),
        "[{}] {}: a checkpoint was not written: {}",
        id,
        commits,
        StageFailure.inWords(cause));
  }

  /** The stream fails, since a checkpoint of this partition could not be written. */
  void failed(PartitionCommits commits, Throwable cause) {
    StreamFailureLog.failed(LOG, commits.keys(), id, commits.toString(), cause);
  }

  /** The stream fails for a reason that is not of one partition. */
  void failed(LogKeys keys, Throwable thrown) {
    StreamFailureLog.failed(LOG, keys, id, "committer", thrown);
  }

  void flushTimeout(LogKeys keys, Duration timeout, List<PartitionCommits> unfinished) {
    LOG.warn(
        keys,
        "[{}] flush-timeout ({}) has passed before the last checkpoints were written: {}",
        id,
        DurationText.of(timeout),
        unfinished);
  }

  void ended(LogKeys keys, long droppedEvents, long failedWrites) {
    LOG.info(
        keys,
        "[{}] ended; offsets of {} events were not stored before their partition was given up, and"
            + " {} writes have failed",
        id,
        droppedEvents,
        failedWrites);
  }
}
