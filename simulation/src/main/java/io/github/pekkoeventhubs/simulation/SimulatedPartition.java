// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A partition of the event hub: events from a first one on, and the links that receive them. */
final class SimulatedPartition {

  final String id;
  private final List<SimulatedEvent> events = new ArrayList<>();
  private long first;
  private int number;
  private Receiving receiving = (node, sequenceNumber) -> {};
  final List<HubLink> links = new ArrayList<>();

  SimulatedPartition(String id) {
    this.id = id;
  }

  /** Told of each event that a node gets. */
  interface Receiving {

    void received(SimulatedProcess node, long sequenceNumber);
  }

  void tell(Receiving listener) {
    receiving = listener;
  }

  void received(SimulatedProcess node, long sequenceNumber) {
    receiving.received(node, sequenceNumber);
  }

  void append(Instant now) {
    events.add(new SimulatedEvent(number, events.size(), now));
    new ArrayList<>(links).forEach(HubLink::available);
  }

  /** The events before this one are gone. */
  void trim(long newFirst) {
    first = Math.max(first, newFirst);
  }

  /** The event hub was deleted, and one of the same name created: numbers begin again. */
  void createAnew() {
    number++;
    first = 0;
    events.clear();
    new ArrayList<>(links).forEach(HubLink::fail);
  }

  /** Which of the event hubs of this name it is: the first is 0. */
  int number() {
    return number;
  }

  long first() {
    return first;
  }

  /** The number that the next event gets. */
  long end() {
    return events.size();
  }

  SimulatedEvent event(long sequenceNumber) {
    return events.get((int) sequenceNumber);
  }
}
