// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.simulation.link.WorldWorker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The decisions of a seed that are made beforehand: the size of a world and the faults in it. A
 * shrunk world is one with less of everything and the same seed.
 *
 * @param sharded whether cluster sharding places the partitions
 * @param stream the shape of the user's stream
 * @param unordered whether events are acknowledged out of order
 * @param patient whether a hand-over may take longer than a claim is valid without renewal
 * @param forgetful whether commits are sent and not waited for
 * @param defaultTimes whether settings have their defaults, and not times for a world of two
 *     minutes
 * @param large whether some events are large
 */
record SeededScenario(
    long seed,
    boolean sharded,
    int nodes,
    int partitions,
    int events,
    Stream stream,
    boolean unordered,
    boolean patient,
    boolean forgetful,
    boolean defaultTimes,
    boolean large,
    List<Fault> faults) {

  /** How the user's stream is built. */
  enum Stream {
    MERGED,
    PARTITIONED
  }

  /** The kinds of faults. */
  enum Kind {
    CRASH,
    FREEZE,
    FREEZE_WHEN_REFUSED,
    LEAVE,
    JOIN,
    STREAM_FAILS,
    SLOW_USER,
    STORE_DOWN,
    STORE_SLOW,
    STORE_REFUSES,
    STORE_LOSES_ANSWERS,
    STORE_THROTTLES,
    STORE_CONTRADICTS,
    STORE_LATE,
    STORE_REFUSES_CHECKPOINTS,
    STORE_REFUSES_CLAIMS,
    STORE_LOSES_CLAIMS,
    LINKS_END,
    LINKS_FAIL,
    LINK_SILENT,
    LINK_STOLEN,
    HUB_SILENT,
    HUB_GROWS,
    HUB_TRIMS,
    HUB_CREATED_ANEW,
    NETWORK_SLOW,
    NETWORK_LOSES,
    NETWORK_SPLITS
  }

  /**
   * A fault.
   *
   * @param target which node or partition, as a number that is taken modulo their number
   */
  record Fault(Kind kind, long atMillis, long forMillis, int target) {}

  /** The time in which faults happen. */
  static final long FAULTY_MILLIS = 60_000;

  /** The world of this seed. */
  static SeededScenario of(long seed, WorldWorker.Size size) {
    SplittableRandom random = new SplittableRandom(seed * 31 + 7);
    // Each world has some kinds of faults only: what one kind would hide is seen in others.
    List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
    boolean sharded = size.mode().isSharded(seed);
    if (!sharded) {
      kinds.removeIf(kind -> kind.name().startsWith("NETWORK"));
    }
    boolean calmStore = random.nextInt(3) == 0;
    // Some have few kinds, so that these are frequent.
    int keptOfTen = random.nextInt(4) == 0 ? 1 : 4;
    kinds.removeIf(
        kind -> random.nextInt(10) >= keptOfTen || (calmStore && kind.name().startsWith("STORE")));
    if (kinds.isEmpty()) {
      kinds.add(Kind.CRASH);
    }
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < size.faults(); i++) {
      Kind kind = kinds.get(random.nextInt(kinds.size()));
      faults.add(
          new Fault(
              kind,
              random.nextLong(2_000, FAULTY_MILLIS),
              random.nextLong(500, longest(kind)),
              random.nextInt(1_000)));
    }
    faults.sort(Comparator.comparingLong(Fault::atMillis));
    return new SeededScenario(
        seed,
        sharded,
        size.nodes(),
        size.partitions(),
        size.events(),
        Stream.values()[random.nextInt(Stream.values().length)],
        random.nextInt(3) == 0,
        random.nextInt(3) == 0,
        random.nextInt(3) == 0,
        false,
        random.nextInt(3) == 0,
        List.copyOf(faults));
  }

  /** Many nodes and partitions, without faults, events and a hurry. */
  static SeededScenario large(long seed, boolean sharded, int nodes, int partitions) {
    return new SeededScenario(
        seed,
        sharded,
        nodes,
        partitions,
        0,
        Stream.MERGED,
        false,
        false,
        false,
        true,
        false,
        List.of());
  }

  private static long longest(Kind kind) {
    return switch (kind) {
      case FREEZE -> 25_000;
      case STORE_REFUSES_CHECKPOINTS -> 20_000;
      case STORE_DOWN, STORE_REFUSES_CLAIMS, NETWORK_SPLITS -> 14_000;
      case CRASH, JOIN, LEAVE -> 8_000;
      case FREEZE_WHEN_REFUSED,
          STREAM_FAILS,
          SLOW_USER,
          STORE_SLOW,
          STORE_REFUSES,
          STORE_LOSES_ANSWERS,
          STORE_THROTTLES,
          STORE_CONTRADICTS,
          STORE_LATE,
          STORE_LOSES_CLAIMS,
          LINKS_END,
          LINKS_FAIL,
          LINK_SILENT,
          LINK_STOLEN,
          HUB_SILENT,
          HUB_GROWS,
          HUB_TRIMS,
          HUB_CREATED_ANEW,
          NETWORK_SLOW,
          NETWORK_LOSES ->
          6_000;
    };
  }

  SeededScenario withNodes(int fewer) {
    return smaller(fewer, partitions, events, faults);
  }

  SeededScenario withPartitions(int fewer) {
    return smaller(nodes, fewer, events, faults);
  }

  SeededScenario withEvents(int fewer) {
    return smaller(nodes, partitions, fewer, faults);
  }

  SeededScenario withFaults(List<Fault> fewer) {
    return smaller(nodes, partitions, events, fewer);
  }

  private SeededScenario smaller(
      int fewerNodes, int fewerPartitions, int fewerEvents, List<Fault> fewerFaults) {
    return new SeededScenario(
        seed,
        sharded,
        fewerNodes,
        fewerPartitions,
        fewerEvents,
        stream,
        unordered,
        patient,
        forgetful,
        defaultTimes,
        large,
        fewerFaults);
  }

  String inWords() {
    return ("seed %d: %d nodes that share by %s, %d partitions, %d events%s, %d faults,"
            + " a %s stream, %s")
        .formatted(
            seed,
            nodes,
            sharded ? "cluster sharding" : "the store",
            partitions,
            events,
            large ? ", some of them large" : "",
            faults.size(),
            stream == Stream.MERGED ? "merged" : "partitioned",
            unordered ? "acknowledged out of order" : "acknowledged in order");
  }
}
