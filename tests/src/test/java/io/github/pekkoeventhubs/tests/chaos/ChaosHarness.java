// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.nodes.Figures;

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
    for (long seed = firstSeed; seed < firstSeed + runs; seed++) {
      all = all.and(execute(ChaosPlan.of(seed)));
    }
    Figures.print("chaos.runs", all.runs());
    Figures.print("chaos.lost", all.lost());
    Figures.print("chaos.regressions", all.regressions());
    Figures.print("chaos.stale-commits", all.staleCommits());
    Figures.print("chaos.duplicates-beyond-bound", all.duplicatesBeyondBound());
    Figures.print("chaos.duplicates", all.duplicates());
    Figures.print("chaos.unowned-max", all.unownedMax());
    Figures.print("chaos.claims-per-minute-max", all.claimsPerMinuteMax());
    Figures.print("chaos.stream-failures", all.streamFailures());
    return all;
  }

  private static ChaosResult execute(ChaosPlan plan) {
    try (ChaosRun run = new ChaosRun(plan)) {
      ChaosResult result = run.execute();
      System.out.println(result);
      if (!result.violations().isEmpty()) {
        System.out.println(plan);
      }
      run.streamFailures().forEach(failure -> System.out.println("  stream of " + failure));
      return result;
    }
  }
}
