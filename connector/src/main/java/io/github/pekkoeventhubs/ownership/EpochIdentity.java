// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.EventHubPartition;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The names of one epoch.
 *
 * @param number grows with each epoch that begins in this process, of any partition
 * @param fencingToken grows with each epoch of the partition, in any process; empty without a claim
 *     that fences
 */
record EpochIdentity(EventHubPartition partition, long number, OptionalLong fencingToken) {

  private static final AtomicLong NUMBERS = new AtomicLong();

  /** The next epoch of this process. */
  static EpochIdentity next(EventHubPartition partition, OptionalLong fencingToken) {
    return new EpochIdentity(partition, NUMBERS.incrementAndGet(), fencingToken);
  }
}
