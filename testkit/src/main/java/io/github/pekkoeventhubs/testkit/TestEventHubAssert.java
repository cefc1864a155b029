// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.util.Map;
import org.assertj.core.api.AbstractAssert;

/** Assertions about the stored state of a {@link TestEventHub}; by {@link EventHubsAssertions}. */
public final class TestEventHubAssert extends AbstractAssert<TestEventHubAssert, TestEventHub> {

  TestEventHubAssert(TestEventHub actual) {
    super(actual, TestEventHubAssert.class);
  }

  /** About one partition. */
  public StoredPartitionAssert partition(String partitionId) {
    isNotNull();
    if (!actual.partitionIds().contains(partitionId)) {
      failWithMessage(
          "%s has no partition '%s' but %s", actual, partitionId, actual.partitionIds());
    }
    return new StoredPartitionAssert(actual.partition(partitionId), this::partition);
  }

  /** These checkpoints are stored, by partition, and no others. */
  public TestEventHubAssert hasCheckpoints(Map<String, Long> expected) {
    isNotNull();
    Map<String, Long> stored = actual.checkpoints().all();
    if (!stored.equals(expected)) {
      failWithActualExpectedAndMessage(
          stored, expected, "The checkpoints of %s are %s, not %s", actual, stored, expected);
    }
    return this;
  }

  /** Every event is covered by a checkpoint. */
  public TestEventHubAssert isProcessedToTheEnd() {
    isNotNull();
    actual.partitionIds().forEach(partitionId -> partition(partitionId).hasNoLag());
    return this;
  }
}
