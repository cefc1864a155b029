// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of TLC: a specification with some constants changed, and what is expected of it.
 *
 * @param specification what is checked
 * @param name what the run is about, unique
 * @param expectation the outcome that is right for this run
 * @param constants the constants that differ from the configuration, as they are written there
 * @param invariants the invariants to check; empty for those that the configuration names
 */
record Check(
    Specification specification,
    String name,
    Expectation expectation,
    Map<String, String> constants,
    List<String> invariants) {

  enum Specification {
    /** Whose checkpoints count. */
    PROTOCOL("Guarantee.tla", "protocol.cfg"),
    /** Which claims a member of a cluster takes over at once. */
    CLUSTER("ClusterClaims.tla", "cluster.cfg");

    final String module;
    final String configuration;

    Specification(String module, String configuration) {
      this.module = module;
      this.configuration = configuration;
    }
  }

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
    return new Check(
        Specification.PROTOCOL, name, Expectation.HOLDS, Map.of(), List.of(invariants));
  }

  static Check refuted(String name, String invariant) {
    return new Check(
        Specification.PROTOCOL, name, Expectation.REFUTED, Map.of(), List.of(invariant));
  }

  static Check reached(String name, String invariant) {
    return new Check(
        Specification.PROTOCOL,
        name,
        Expectation.REACHED,
        Map.of("Observe", "TRUE"),
        List.of(invariant));
  }

  /** The same check of the claims of a cluster. */
  Check ofCluster() {
    Map<String, String> ours = new LinkedHashMap<>(constants);
    ours.remove("Observe");
    return new Check(Specification.CLUSTER, name, expectation, ours, invariants);
  }

  Check with(String constant, Object value) {
    Map<String, String> changed = new LinkedHashMap<>(constants);
    changed.put(
        constant, value instanceof Boolean flag ? (flag ? "TRUE" : "FALSE") : value.toString());
    return new Check(specification, name, expectation, changed, invariants);
  }
}
