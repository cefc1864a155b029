// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the events of a partition in one stream that could not be emitted, over all epochs.
 * Thread-safe.
 *
 * @param missed the partition no longer had them
 * @param undecodable the SDK could not decode them, and they were left out
 */
record ContinuityCounters(LongAdder missed, LongAdder undecodable) {

  ContinuityCounters() {
    this(new LongAdder(), new LongAdder());
  }
}
