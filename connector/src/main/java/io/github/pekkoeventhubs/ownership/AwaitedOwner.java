// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The foreign owner of a partition that a stream waits for. The log names it when the wait begins
 * and, once, when the owner has renewed its claim for longer than a claim without renewal would
 * have lasted. For the owner's thread alone.
 */
final class AwaitedOwner {

  private final OwnerLog log;
  private final Duration expiry;
  private @Nullable String ownerId;
  private long since;
  private boolean isWarnedOf;

  /**
   * @param expiry how long a claim without renewal is respected
   */
  AwaitedOwner(EventHubPartition partition, Duration expiry) {
    this.log = OwnerLog.of(partition);
    this.expiry = expiry;
  }

  /** The record names an owner that has to be waited for. */
  void seen(StoredOwnership record, long nanoTime) {
    if (!record.ownerId().equals(ownerId)) {
      ownerId = record.ownerId();
      since = nanoTime;
      isWarnedOf = false;
      log.waitsFor(record);
      return;
    }
    Duration waited = Duration.ofNanos(nanoTime - since);
    if (!isWarnedOf && waited.compareTo(expiry) > 0) {
      isWarnedOf = true;
      log.stillWaitsFor(record, waited);
    }
  }

  /** There is nobody to wait for. */
  void gone() {
    ownerId = null;
  }
}
