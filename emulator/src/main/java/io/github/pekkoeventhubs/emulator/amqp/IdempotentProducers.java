// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.HashMap;
import java.util.Map;

/**
 * The idempotent producers of one partition. Each has an id and numbers its events; those that were
 * stored before are accepted again without being stored again.
 */
final class IdempotentProducers {
  /** The number of the event before the first. */
  static final int NOTHING_PUBLISHED = 0;

  private final Map<Long, Integer> lastSequenceNumbers = new HashMap<>();
  private long lastProducerId;

  /** The events of one send. */
  record Publication(long producerId, int firstSequenceNumber) {}

  long newProducerId() {
    return ++lastProducerId;
  }

  /** The number of the last event of this producer that is stored. */
  int lastSequenceNumber(long producerId) {
    return lastSequenceNumbers.getOrDefault(producerId, NOTHING_PUBLISHED);
  }

  /**
   * Whether the events have been stored before.
   *
   * @throws ServiceException if events before them are missing
   */
  boolean isDuplicate(Publication publication) {
    int last = lastSequenceNumber(publication.producerId());
    if (publication.firstSequenceNumber() > last + 1) {
      throw new ServiceException(
          ErrorConditions.OUT_OF_ORDER_SEQUENCE,
          "The supplied sequence number %d of producer %d does not follow %d"
              .formatted(publication.firstSequenceNumber(), publication.producerId(), last));
    }
    return publication.firstSequenceNumber() <= last;
  }

  void stored(Publication publication, int eventCount) {
    lastSequenceNumbers.put(
        publication.producerId(), publication.firstSequenceNumber() + eventCount - 1);
  }
}
