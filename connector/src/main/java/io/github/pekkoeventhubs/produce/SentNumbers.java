// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerNumber;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers of what one stream sends, for each partition. They begin with the time at which the
 * stream began, so that those of the next run are greater; that holds as long as the clock does not
 * go back further than the time between two runs, and a run sends fewer than a million events a
 * millisecond. Not thread-safe.
 */
final class SentNumbers {

  private static final long EVENTS_PER_MILLISECOND = 1_000_000;

  private final String producerId;
  private final long first;
  private final Map<Destination, Long> next = new HashMap<>();

  /**
   * @param startedAt in milliseconds since 1970
   */
  SentNumbers(String producerId, long startedAt) {
    this.producerId = producerId;
    this.first = Math.multiplyExact(startedAt, EVENTS_PER_MILLISECOND);
  }

  /** The id, without what tells the kinds of destinations apart. */
  String producerId() {
    return producerId;
  }

  /** The number of the next event that goes there. */
  ProducerNumber next(Destination destination) {
    long number = next.merge(destination, first, (before, begin) -> before + 1);
    return new ProducerNumber(producerId + destination.nameOfNumbers(), number);
  }
}
