// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.util.OptionalLong;

/**
 * Which events of a partition to show.
 *
 * @param from the sequence number of the first one; empty for the newest events
 * @param count how many at most, from 1 to {@link #MOST}
 */
public record PeekRequest(String eventHub, String partition, OptionalLong from, int count) {

  /** The most events that one request may ask for. */
  public static final int MOST = 50;

  /** How many are shown where the request does not say it. */
  static final int DEFAULT_COUNT = 20;

  /** Refuses a count that is too large, and a number that no event has. */
  public PeekRequest {
    if (count < 1 || count > MOST) {
      throw PageProblem.wrongRequest("count must be from 1 to " + MOST + ", and not " + count);
    }
    if (from.isPresent() && from.getAsLong() < 0) {
      throw PageProblem.wrongRequest("from must be a sequence number, and not " + from.getAsLong());
    }
  }

  /**
   * The sequence number to begin with in a partition that holds these events: events that are no
   * longer held are left out.
   *
   * @param first the number of the first event that the partition holds
   * @param last the number of its last event
   */
  public long begin(long first, long last) {
    return Math.max(first, from.orElse(last - count + 1));
  }
}
