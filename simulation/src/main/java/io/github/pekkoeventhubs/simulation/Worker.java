// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.simulation.link.WorldWorker;
import java.util.function.Consumer;

/** Runs worlds for the loader outside. */
public final class Worker implements WorldWorker {

  /** Made by its name. */
  public Worker() {}

  @Override
  public Outcome run(long seed) {
    return outcome(SeedRun.of(Scenario.of(seed, 3, 8, 2_000), null));
  }

  @Override
  public Outcome tell(long seed, Consumer<String> line) {
    return outcome(SeedRun.of(Scenario.of(seed, 3, 8, 2_000), line));
  }

  private static Outcome outcome(SeedRun.Result result) {
    return new Outcome(
        result.hash(),
        result.steps(),
        result.repeated(),
        result.requests(),
        result.broken() == null ? "" : String.valueOf(result.broken().getMessage()));
  }
}
