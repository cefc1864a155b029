// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Keeps account of what was produced and what was processed in one run. Thread-safe. */
final class Ledger {

  private final String run;
  private final BitSet seen = new BitSet();
  private final Map<String, Long> lastProcessed = new HashMap<>();
  private int produced;
  private int duplicates;

  Ledger(String run) {
    this.run = run;
  }

  String run() {
    return run;
  }

  /** The events up to this number, exclusive, are in the event hub or on their way to it. */
  synchronized void produced(int total) {
    produced = total;
  }

  synchronized void processed(Order order) {
    if (!order.run().equals(run)) {
      return;
    }
    if (seen.get(order.number())) {
      duplicates++;
    }
    seen.set(order.number());
    lastProcessed.merge(order.partition(), order.sequenceNumber(), Math::max);
  }

  synchronized int produced() {
    return produced;
  }

  /** Different events that were processed. */
  synchronized int processed() {
    return seen.cardinality();
  }

  /** Events that were processed although they had been before. */
  synchronized int duplicates() {
    return duplicates;
  }

  /** Events that were produced and not processed. */
  synchronized int missing() {
    BitSet missing = new BitSet();
    missing.set(0, produced);
    missing.andNot(seen);
    return missing.cardinality();
  }

  /** The highest sequence number that was processed in a partition. */
  synchronized OptionalLong lastProcessed(String partition) {
    Long last = lastProcessed.get(partition);
    return last == null ? OptionalLong.empty() : OptionalLong.of(last);
  }
}
