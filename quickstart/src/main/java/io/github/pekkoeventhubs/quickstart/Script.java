// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.util.List;

/** What happens to the consumers while events flow. */
interface Script {

  /** Looks at the progress, a few times a second, and does what is due. */
  void advance(List<PartitionProgress> progress);

  boolean isDone();

  /** What to say about duplicates, and whether they are as few as they have to be. */
  Verdict duplicates();

  /**
   * A sentence for the summary.
   *
   * @param text what has been found
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
