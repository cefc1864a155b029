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

  private final Map<Key, Long> seen;

  private record Key(EventHubPartition partition, String producerId) {}

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
          protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
            return size() > kept;
          }
        };
  }

  /**
   * Records the event.
   *
   * @return whether it was recorded before, or one that was sent after it. An event without a
   *     number never was
   */
  public boolean recordedBefore(EventHubPartition partition, EventData event) {
    Optional<ProducerNumber> number = ProducerNumber.of(event);
    if (number.isEmpty()) {
      return false;
    }
    Key key = new Key(partition, number.get().producerId());
    Long last = seen.get(key);
    if (last != null && number.get().number() <= last) {
      return true;
    }
    seen.put(key, number.get().number());
    return false;
  }
}
