// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ProducerNumber;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;

/**
 * The greatest number of each producer in each partition, for as many of them as are kept; those
 * that were not heard of for longest are forgotten first. Not thread-safe.
 */
@InternalApi
public final class SeenNumbers {

  private static final float LOAD_FACTOR = 0.75f;

  private final Map<Key, Seen> seen;

  private record Key(EventHubPartition partition, String producerId) {}

  /**
   * @param number of the producer
   * @param sequenceNumber of the event that had it
   */
  private record Seen(long number, long sequenceNumber) {}

  /**
   * @param kept how many producers in how many partitions, together; at least 1
   */
  public SeenNumbers(int kept) {
    if (kept < 1) {
      throw new IllegalArgumentException("kept must be at least 1, and not " + kept);
    }
    this.seen =
        new LinkedHashMap<>(16, LOAD_FACTOR, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Seen> eldest) {
            return size() > kept;
          }
        };
  }

  /**
   * Records the event.
   *
   * <p>A stream that loses a partition and gets it back reads again what was not committed, and one
   * whose checkpoint was reset reads what an operator wants to be read again. Such an event does
   * not come behind those that were recorded, and it is none that was sent twice: it counts as new.
   *
   * @param sequenceNumber of the event in its partition
   * @return whether its producer has sent it before. An event without a number never was
   */
  public boolean recordedBefore(EventHubPartition partition, long sequenceNumber, EventData event) {
    Optional<ProducerNumber> number = ProducerNumber.of(event);
    if (number.isEmpty()) {
      return false;
    }
    Key key = new Key(partition, number.get().producerId());
    Seen last = seen.get(key);
    if (last != null
        && number.get().number() <= last.number()
        && sequenceNumber > last.sequenceNumber()) {
      return true;
    }
    seen.put(key, new Seen(number.get().number(), sequenceNumber));
    return false;
  }
}
