// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Plants one fault at a time, and runs seeds until a promise is broken. */
final class PlantedFaultSearch {

  private final FaultCompiler compiler;
  private final WorldWorker.Size size;
  private final int workers;
  private final int mostSeeds;
  private final boolean stories;
  private final Consumer<String> out;

  PlantedFaultSearch(
      Path sources,
      WorldWorker.Size size,
      int workers,
      int mostSeeds,
      boolean stories,
      Consumer<String> out) {
    this.compiler = new FaultCompiler(sources);
    this.size = size;
    this.workers = workers;
    this.mostSeeds = mostSeeds;
    this.stories = stories;
    this.out = out;
  }

  /** Returns whether each was found. */
  boolean findAll(List<PlantedFault> faults) throws InterruptedException {
    if (faults.isEmpty()) {
      return true;
    }
    Queue<PlantedFault> left = new ConcurrentLinkedQueue<>(faults);
    AtomicInteger found = new AtomicInteger();
    Workers.together(
        workers,
        () -> {
          for (PlantedFault fault; (fault = left.poll()) != null; ) {
            found.addAndGet(isFound(fault) ? 1 : 0);
          }
        });
    out.accept("figure simulation.planted-faults-found " + found + " of " + faults.size());
    return found.get() == faults.size();
  }

  private boolean isFound(PlantedFault fault) {
    WorldWorker worker = new WorkerLoading(compiled(fault)).load();
    WorldWorker.Size inWorlds = size.with(fault.mode());
    for (int seed = 1; seed <= mostSeeds; seed++) {
      String broken = outcome(worker, seed, inWorlds);
      if (!broken.isEmpty()) {
        out.accept("planted fault " + fault.name() + ": found by seed " + seed + ": " + broken);
        if (stories) {
          worker.shrunkStory(seed, inWorlds).forEach(out);
        }
        return true;
      }
    }
    out.accept("planted fault " + fault.name() + ": not found by " + mostSeeds + " seeds");
    return false;
  }

  /** A fault that makes the connector throw is found, too. */
  private static String outcome(WorldWorker worker, long seed, WorldWorker.Size size) {
    try {
      return worker.run(seed, size).broken();
    } catch (IllegalStateException e) {
      return String.valueOf(e.getCause() == null ? e : e.getCause());
    }
  }

  private Map<String, byte[]> compiled(PlantedFault fault) {
    try {
      return compiler.compiled(fault);
    } catch (IOException e) {
      throw new IllegalStateException("the sources of the connector cannot be read", e);
    }
  }
}
