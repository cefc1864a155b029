// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

/** How the store answers now. Changed by faults, and calm again when they pass. */
final class StoreFaults {

  /** The kind of a request that claims a partition. */
  static final String CLAIM = "claim ownership";

  /** The kind of any other request that replaces an ownership record. */
  static final String REPLACE_OWNERSHIP = "replace ownership";

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

  /** Of 100 writes of checkpoints so many are refused for a passing reason. */
  int refusedCheckpoints;

  /** Of 100 writes of ownership records so many are refused for a passing reason. */
  int refusedOwnerships;

  /** Of 100 claims so many are applied, and their answers are lost. */
  int lostClaims;

  /** The number of replacements of ownership records to come that are refused once. */
  int blips;

  /** When all of it was last calm again. */
  long calmSince = SimulatedProcess.LONG_AGO;

  boolean isCalm() {
    return mostMillis == 8
        && refused + lost + throttled + wrongConflicts + late == 0
        && refusedCheckpoints + refusedOwnerships + lostClaims == 0;
  }

  /** Of 100 requests of this kind so many are refused now. */
  int refusedOf(String kind) {
    if (blips > 0 && kind.equals(REPLACE_OWNERSHIP)) {
      blips--;
      return 100;
    }
    boolean read = kind.startsWith("read") || kind.startsWith("list");
    int ofItsKind = read ? 0 : kind.endsWith("checkpoint") ? refusedCheckpoints : refusedOwnerships;
    return Math.max(refused, ofItsKind);
  }

  void calm() {
    mostMillis = 8;
    refused = 0;
    lost = 0;
    throttled = 0;
    wrongConflicts = 0;
    late = 0;
    refusedCheckpoints = 0;
    refusedOwnerships = 0;
    lostClaims = 0;
  }

  /** Of 100 requests of this kind so many are applied, and their answers are lost. */
  int lostOf(String kind) {
    return kind.equals(CLAIM) ? Math.max(lost, lostClaims) : lost;
  }
}
