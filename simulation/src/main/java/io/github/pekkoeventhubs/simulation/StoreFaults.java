// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

/** How the store answers now. Changed by faults, and calm again when they pass. */
final class StoreFaults {

  /**
   * Answers take as long as this at most; a request that takes longer than its limit has failed.
   */
  int mostMillis = 8;

  /** Of 100 requests so many are refused for a passing reason, and not applied. */
  int refused;

  /** Of 100 requests so many are applied, and their answers are lost. */
  int lost;

  /** Of 100 requests so many are refused with the time after which to come again. */
  int throttled;

  /** Of 100 conditional writes so many are refused as if the record had changed. */
  int wrongConflicts;

  /** Of 100 requests so many are applied long after their limit. */
  int late;

  /** When all of it was last calm again. */
  long calmSince = SimulatedProcess.LONG_AGO;

  boolean isCalm() {
    return mostMillis == 8 && refused + lost + throttled + wrongConflicts + late == 0;
  }

  void calm() {
    mostMillis = 8;
    refused = 0;
    lost = 0;
    throttled = 0;
    wrongConflicts = 0;
    late = 0;
  }
}
