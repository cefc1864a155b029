// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.nodes.Figures;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import java.time.Duration;
import java.util.Locale;

/**
 * Performs runs one after the other, each under the faults of its seed. The number of a seed
 * repeats its faults, not their exact interleaving with what the nodes do.
 */
final class ChaosHarness {

  private final long firstSeed;
  private final int runs;

  ChaosHarness(long firstSeed, int runs) {
    this.firstSeed = firstSeed;
    this.runs = runs;
  }

  /** Runs the seeds from the first one on, and prints what each run and what all have shown. */
  ChaosResult execute() {
    ChaosResult all = ChaosResult.NONE;
    try (NodeJvms jvms = new NodeJvms("chaos-" + firstSeed)) {
      for (long seed = firstSeed; seed < firstSeed + runs; seed++) {
        all = all.and(execute(ChaosPlan.of(seed), jvms));
      }
    }
    Figures.print("chaos.runs", all.runs());
    Figures.print("chaos.lost", all.lost());
    Figures.print("chaos.regressions", all.regressions());
    Figures.print("chaos.stale-commits", all.staleCommits());
    Figures.print("chaos.duplicates-beyond-bound", all.duplicatesBeyondBound());
    Figures.print("chaos.duplicates", all.duplicates());
    Figures.print("chaos.unowned-max", all.unownedMax());
    Figures.print("chaos.unread-max", all.unreadMax());
    Figures.print("chaos.claims-per-minute-max", all.claimsPerMinuteMax());
    Figures.print("chaos.stream-failures", all.streamFailures());
    Figures.print("chaos.failures-by-name", all.failuresByName());
    Figures.print("chaos.faults-hit", all.faultsHit());
    return all;
  }

  private static ChaosResult execute(ChaosPlan plan, NodeJvms jvms) {
    long start = System.nanoTime();
    try (ChaosRun run = new ChaosRun(plan, jvms)) {
      ChaosResult result = run.execute();
      System.out.printf(
          Locale.ROOT,
          "%s: %.1f s, %d nodes started%n  faults hit: %s%n  seconds: %s%n",
          plan.title(),
          Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3,
          run.nodesStarted(),
          run.faults(),
          run.times());
      System.out.println("  " + result);
      if (!result.violations().isEmpty()) {
        System.out.println(plan);
      }
      run.streamFailures().forEach(failure -> System.out.println("  stream of " + failure));
      return result;
    }
  }
}
