// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import java.util.Optional;

/**
 * An event of the quickstart, as it was received.
 *
 * @param run the run of the quickstart that has produced it; real event hubs may hold events of
 *     others
 * @param number the number of the order, from 0, without gaps within a run
 * @param partition the partition it was read from
 * @param sequenceNumber its position there
 */
record Order(String run, int number, String partition, long sequenceNumber) {

  private static final String RUN = "run";
  private static final String NUMBER = "number";

  /** The event to send. */
  static EventData event(String run, int number) {
    EventData event = new EventData("{\"order\": " + number + "}");
    event.getProperties().put(RUN, run);
    event.getProperties().put(NUMBER, number);
    return event;
  }

  /** Empty for an event that the quickstart has not produced. */
  static Optional<Order> of(CommittableEvent event) {
    if (event.event().getProperties().get(RUN) instanceof String run
        && event.event().getProperties().get(NUMBER) instanceof Integer number) {
      return Optional.of(
          new Order(run, number, event.partition().partitionId(), event.sequenceNumber()));
    }
    return Optional.empty();
  }

  /** One line, for {@link #parse}. */
  String toLine() {
    return run + " " + number + " " + partition + " " + sequenceNumber;
  }

  static Order parse(String line) {
    String[] words = line.split(" ");
    return new Order(words[0], Integer.parseInt(words[1]), words[2], Long.parseLong(words[3]));
  }
}
