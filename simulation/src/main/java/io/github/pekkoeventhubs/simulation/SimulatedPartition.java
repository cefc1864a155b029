// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A partition of the event hub: events from a first one on, and the links that receive them. */
final class SimulatedPartition {

  private static final LinkWatch NOT_WATCHED =
      new LinkWatch() {
        @Override
        public void passes(long sequenceNumber) {}

        @Override
        public void holds(long position, boolean open) {}
      };

  final String id;
  private final List<SimulatedEvent> events = new ArrayList<>();
  private long first;
  private int number;
  private long bytes;
  private Receiving receiving = (node, sequenceNumber) -> {};
  private Attaching attaching = (node, position, prefetch) -> NOT_WATCHED;
  final List<HubLink> links = new ArrayList<>();

  SimulatedPartition(String id) {
    this.id = id;
  }

  /** Told of each event that a node gets. */
  interface Receiving {

    void received(SimulatedProcess node, long sequenceNumber);
  }

  /** Told of each link that a node attaches. */
  interface Attaching {

    LinkWatch attaches(SimulatedProcess node, long position, int prefetch);
  }

  void tell(Receiving listener, Attaching ofLinks) {
    receiving = listener;
    attaching = ofLinks;
  }

  LinkWatch attaches(SimulatedProcess node, long position, int prefetch) {
    return attaching.attaches(node, position, prefetch);
  }

  void received(SimulatedProcess node, long sequenceNumber) {
    receiving.received(node, sequenceNumber);
  }

  /** A small event comes. */
  void append(Instant now) {
    append(now, EventSizes.small());
  }

  void append(Instant now, byte[] body) {
    events.add(new SimulatedEvent(number, events.size(), bytes, body, now));
    bytes += body.length;
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
    bytes = 0;
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

  /** The bytes of those events that exist, from one number to before another. */
  long bytesBetween(long from, long end) {
    long begin = Math.max(from, first);
    long last = Math.min(end, end());
    return begin < last ? bytesBefore(last) - bytesBefore(begin) : 0;
  }

  private long bytesBefore(long sequenceNumber) {
    return sequenceNumber == end() ? bytes : event(sequenceNumber).bytesBefore;
  }

  SimulatedEvent event(long sequenceNumber) {
    return events.get((int) sequenceNumber);
  }
}
