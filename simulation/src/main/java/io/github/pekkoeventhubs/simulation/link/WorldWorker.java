// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.util.function.Consumer;

/** Runs worlds; its implementation is loaded with all that it needs by a loader of its own. */
public interface WorldWorker {

  /**
   * What became of a world.
   *
   * @param hash the same for two runs if and only if they were the same, step by step
   * @param broken the broken promise; empty if all were kept
   */
  record Outcome(long hash, long steps, long repeated, long requests, String broken) {}

  /** Runs the world of a seed. */
  Outcome run(long seed);

  /** Runs the world of a seed, and tells what happens in it line by line. */
  Outcome tell(long seed, Consumer<String> line);
}
