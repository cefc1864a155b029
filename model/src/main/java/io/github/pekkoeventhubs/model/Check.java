// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of TLC: the protocol with some constants changed, and what is expected of it.
 *
 * @param name what the run is about, unique
 * @param expectation the outcome that is right for this run
 * @param constants the constants that differ from {@code protocol.cfg}, as they are written there
 * @param invariants the invariants to check; empty for those that {@code protocol.cfg} names
 */
record Check(
    String name, Expectation expectation, Map<String, String> constants, List<String> invariants) {

  enum Expectation {
    /** The whole state space is searched and no invariant is violated. */
    HOLDS,
    /** A wrong variant of the protocol: its one invariant is violated. */
    REFUTED,
    /** A probe: its one invariant claims that something never happens, and is violated. */
    REACHED
  }

  Check {
    constants = Map.copyOf(constants);
    invariants = List.copyOf(invariants);
    if (expectation != Expectation.HOLDS && invariants.size() != 1) {
      throw new IllegalArgumentException(
          "Check '" + name + "' must name the one invariant that is violated, not " + invariants);
    }
  }

  static Check holds(String name, String... invariants) {
    return new Check(name, Expectation.HOLDS, Map.of(), List.of(invariants));
  }

  static Check refuted(String name, String invariant) {
    return new Check(name, Expectation.REFUTED, Map.of(), List.of(invariant));
  }

  static Check reached(String name, String invariant) {
    return new Check(name, Expectation.REACHED, Map.of("Observe", "TRUE"), List.of(invariant));
  }

  Check with(String constant, Object value) {
    Map<String, String> changed = new LinkedHashMap<>(constants);
    changed.put(
        constant, value instanceof Boolean flag ? (flag ? "TRUE" : "FALSE") : value.toString());
    return new Check(name, expectation, changed, invariants);
  }
}
