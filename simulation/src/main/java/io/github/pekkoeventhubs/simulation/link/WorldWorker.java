// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.util.List;
import java.util.function.Consumer;

/** Runs worlds; its implementation is loaded with all that it needs by a loader of its own. */
public interface WorldWorker {

  /**
   * How large the worlds are.
   *
   * @param nodes at the beginning
   * @param partitions at the beginning
   * @param events in all
   * @param faults in all
   * @param mode how the nodes share the partitions
   */
  record Size(int nodes, int partitions, int events, int faults, Mode mode) {

    /** Of nodes that share partitions by the store alone. */
    public Size(int nodes, int partitions, int events, int faults) {
      this(nodes, partitions, events, faults, Mode.BALANCED);
    }

    Size with(Mode other) {
      return new Size(nodes, partitions, events, faults, other);
    }
  }

  /** How nodes share partitions. */
  enum Mode {
    /** By the store alone. */
    BALANCED,
    /** By cluster sharding. */
    SHARDED,
    /** In the worlds of even seeds by cluster sharding. */
    BOTH;

    /** Whether the world of this seed is a cluster. */
    public boolean isSharded(long seed) {
      return this == SHARDED || (this == BOTH && seed % 2 == 0);
    }
  }

  /**
   * The result of a world.
   *
   * @param hash the same for two runs if and only if they were the same, step by step
   * @param repeated how many events were processed more than once
   * @param requests how many requests the store has got
   * @param broken the broken promise; empty if all were kept
   */
  record Outcome(long hash, long steps, long repeated, long requests, String broken) {}

  /** Runs the world of a seed. */
  Outcome run(long seed, Size size);

  /** The story of the world of a seed, line by line. */
  List<String> story(long seed, Size size);

  /** The story of the smallest world that was found with the same broken promise. */
  List<String> shrunkStory(long seed, Size size);

  /** Tells the figures of a world of many nodes and partitions, as they come. */
  void scale(int nodes, int partitions, boolean sharded, Consumer<String> out);
}
