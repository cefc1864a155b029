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
  final List<HubLink> links = new ArrayList<>();

  SimulatedPartition(String id) {
    this.id = id;
  }

  void append(Instant now) {
    events.add(new SimulatedEvent(events.size(), now));
    new ArrayList<>(links).forEach(HubLink::available);
  }

  /** The events before this one are gone. */
  void trim(long newFirst) {
    first = Math.max(first, newFirst);
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
