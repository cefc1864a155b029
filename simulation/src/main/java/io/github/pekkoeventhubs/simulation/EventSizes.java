// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How large the events of a world are: all small, or of three sizes that follow one another in runs
 * of any length, in each partition at other times.
 */
final class EventSizes {

  /** The largest event that the service takes. */
  static final int LARGEST = 1 << 20;

  /** After one event of so many the next ones have another size. */
  private static final int EVENTS_PER_CHANGE = 20;

  /** Their content is never read, so that all events share it. */
  private static final byte[][] BODIES = {new byte[20], new byte[150_000], new byte[LARGEST]};

  private final boolean differ;
  private final SplittableRandom random;
  private final Map<String, byte[]> present = new HashMap<>();

  /**
   * @param differ whether not all events are small
   */
  EventSizes(boolean differ, long seed) {
    this.differ = differ;
    this.random = new SplittableRandom(seed);
  }

  /** That of an event that has a few bytes. */
  static byte[] small() {
    return BODIES[0];
  }

  /** The body of the next event of a partition. */
  byte[] next(String partitionId) {
    if (!differ) {
      return small();
    }
    byte[] body = present.get(partitionId);
    if (body == null || random.nextInt(EVENTS_PER_CHANGE) == 0) {
      body = BODIES[random.nextInt(BODIES.length)];
      present.put(partitionId, body);
    }
    return body;
  }
}
