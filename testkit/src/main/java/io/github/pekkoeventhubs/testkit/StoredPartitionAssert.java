// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.util.OptionalLong;
import java.util.function.Function;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about the stored checkpoint and owner of a partition; by {@link
 * TestEventHubAssert#partition}.
 */
public final class StoredPartitionAssert
    extends AbstractAssert<StoredPartitionAssert, PartitionProbe> {

  private final Function<String, StoredPartitionAssert> others;

  /**
   * @param others the assertions about the partition with this id
   */
  StoredPartitionAssert(PartitionProbe actual, Function<String, StoredPartitionAssert> others) {
    super(actual, StoredPartitionAssert.class);
    this.others = others;
  }

  /** Exactly this sequence number is stored. */
  public StoredPartitionAssert hasCheckpoint(long sequenceNumber) {
    OptionalLong stored = actual.checkpoint();
    if (stored.isEmpty() || stored.getAsLong() != sequenceNumber) {
      failWithActualExpectedAndMessage(
          stored,
          sequenceNumber,
          "The checkpoint of %s is %s, not %s",
          actual.id(),
          text(stored),
          sequenceNumber);
    }
    return this;
  }

  /** Nothing of the partition has been processed, as far as the store knows. */
  public StoredPartitionAssert hasNoCheckpoint() {
    OptionalLong stored = actual.checkpoint();
    if (stored.isPresent()) {
      failWithMessage("The checkpoint of %s is %s, not none", actual.id(), text(stored));
    }
    return this;
  }

  /** The checkpoint is that of the last event. */
  public StoredPartitionAssert hasNoLag() {
    long last = actual.lastSequenceNumber();
    long stored = actual.checkpoint().orElse(-1);
    if (stored != last) {
      failWithMessage(
          "The checkpoint of %s is %s, but its last event is %s", actual.id(), stored, last);
    }
    return this;
  }

  /** The checkpoints that were written never went back; on embedded services only. */
  public StoredPartitionAssert neverWentBack() {
    if (actual.checkpoints().wentBack(actual.id().partitionId())) {
      failWithMessage(
          "The checkpoints of %s went back: %s",
          actual.id(), actual.checkpoints().history(actual.id().partitionId()));
    }
    return this;
  }

  /** Somebody has claimed the partition and not released it. */
  public StoredPartitionAssert isOwned() {
    if (actual.owner().isEmpty()) {
      failWithMessage("%s is owned by nobody", actual.id());
    }
    return this;
  }

  /** Nobody owns the partition. */
  public StoredPartitionAssert isReleased() {
    actual.owner().ifPresent(owner -> failWithMessage("%s is owned by '%s'", actual.id(), owner));
    return this;
  }

  /** About another partition. */
  public StoredPartitionAssert partition(String partitionId) {
    return others.apply(partitionId);
  }

  private static String text(OptionalLong stored) {
    return stored.isPresent() ? Long.toString(stored.getAsLong()) : "none";
  }
}
