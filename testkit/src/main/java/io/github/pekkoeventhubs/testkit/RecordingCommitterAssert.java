// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractAssert;

/** Assertions about a {@link RecordingCommitter}; by {@link EventHubsAssertions}. */
public final class RecordingCommitterAssert
    extends AbstractAssert<RecordingCommitterAssert, RecordingCommitter> {

  RecordingCommitterAssert(RecordingCommitter actual) {
    super(actual, RecordingCommitterAssert.class);
  }

  /** About what was committed of one partition. */
  public PartitionCommitsAssert partition(String partitionId) {
    isNotNull();
    return new PartitionCommitsAssert(actual, partitionId);
  }

  /** Nothing of any partition was committed. */
  public RecordingCommitterAssert hasCommittedNothing() {
    isNotNull();
    if (!actual.commits().isEmpty()) {
      failWithMessage("These were committed: %s", actual.commits());
    }
    return this;
  }

  /** Assertions about the commits of a partition. */
  public static final class PartitionCommitsAssert
      extends AbstractAssert<PartitionCommitsAssert, RecordingCommitter> {

    private final String partitionId;

    PartitionCommitsAssert(RecordingCommitter actual, String partitionId) {
      super(actual, PartitionCommitsAssert.class);
      this.partitionId = partitionId;
    }

    /** Exactly these sequence numbers were committed, in this order. */
    public PartitionCommitsAssert hasCommitted(long... sequenceNumbers) {
      List<Long> expected = Arrays.stream(sequenceNumbers).boxed().toList();
      List<Long> commits = actual.commits(partitionId);
      if (!commits.equals(expected)) {
        failWithActualExpectedAndMessage(
            commits,
            expected,
            "The commits of partition '%s' are %s, not %s",
            partitionId,
            commits,
            expected);
      }
      return this;
    }

    /** The last commit was of this sequence number. */
    public PartitionCommitsAssert hasCheckpoint(long sequenceNumber) {
      List<Long> commits = actual.commits(partitionId);
      if (commits.isEmpty() || commits.get(commits.size() - 1) != sequenceNumber) {
        failWithMessage(
            "The commits of partition '%s' are %s, and the last is not %s",
            partitionId, commits, sequenceNumber);
      }
      return this;
    }

    /** Nothing was committed of it. */
    public PartitionCommitsAssert hasNoCheckpoint() {
      return hasCommitted();
    }
  }
}
