// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import com.azure.messaging.eventhubs.EventData;
import java.util.Comparator;

/** Names an event of an audit: its partition, and its number in it, from 0. */
record EventKey(int partition, long number) implements Comparable<EventKey> {

  /** The application property that carries the key. */
  static final String PROPERTY = "stream-audit-event";

  private static final Comparator<EventKey> ORDER =
      Comparator.comparingInt(EventKey::partition).thenComparingLong(EventKey::number);

  /**
   * The key of an event that an audit has sent.
   *
   * @throws IllegalArgumentException if it is none
   */
  static EventKey of(EventData event) {
    Object key = event.getProperties().get(PROPERTY);
    if (!(key instanceof String text)) {
      throw new IllegalArgumentException(
          "the event has no application property '"
              + PROPERTY
              + "': give process(..) the event as the source has emitted it");
    }
    return parse(text);
  }

  static EventKey parse(String text) {
    int slash = text.indexOf('/');
    return new EventKey(
        Integer.parseInt(text.substring(0, slash)), Long.parseLong(text.substring(slash + 1)));
  }

  @Override
  public int compareTo(EventKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return partition + "/" + number;
  }
}
