// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.util.List;

/** The course of a demonstration: starts and stops consumers while events flow. */
interface Script {

  /** Checks the progress, a few times a second, and takes the next step if it is due. */
  void advance(List<PartitionProgress> progress);

  boolean isDone();

  /** Returns a sentence about duplicates, and whether their number is within the promised bound. */
  Verdict duplicates();

  /**
   * A sentence for the summary.
   *
   * @param text the finding
   * @param holds whether that is as it should be
   */
  record Verdict(String text, boolean holds) {}

  /** Nothing happens, and so nothing may be processed twice. */
  static Script uneventful(Ledger ledger) {
    return new Script() {
      @Override
      public void advance(List<PartitionProgress> progress) {}

      @Override
      public boolean isDone() {
        return true;
      }

      @Override
      public Verdict duplicates() {
        return new Verdict("duplicates " + ledger.duplicates(), ledger.duplicates() == 0);
      }
    };
  }
}
