// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The figures at the end of a demonstration.
 *
 * @param produced events that were sent, all of which the event hub has accepted
 * @param processed different events that were processed
 * @param lost events that were produced and not processed
 * @param duplicates the events that were processed twice, and why
 * @param partitions the last event and the checkpoint of each partition at the end
 */
record Summary(
    int produced,
    int processed,
    int lost,
    Script.Verdict duplicates,
    List<PartitionEnd> partitions) {

  /**
   * The end of a partition.
   *
   * @param partition its id
   * @param lastEnqueued the sequence number of its last event
   * @param checkpoint the sequence number in its checkpoint; -1 without one
   * @param owner the owner id in its ownership record; empty if released
   */
  record PartitionEnd(String partition, long lastEnqueued, long checkpoint, String owner) {

    boolean isCommitted() {
      return checkpoint >= lastEnqueued;
    }

    boolean isReleased() {
      return owner.isEmpty();
    }
  }

  static Summary of(Ledger ledger, Script script, Observer observer) {
    StoredPositions stored = observer.stored();
    return new Summary(
        ledger.produced(),
        ledger.processed(),
        ledger.missing(),
        script.duplicates(),
        observer.partitions().stream()
            .map(
                partition ->
                    new PartitionEnd(
                        partition,
                        observer.lastEnqueued(partition),
                        stored.checkpoint(partition).orElse(-1),
                        stored.owner(partition)))
            .toList());
  }

  /** Whether every promise was kept. */
  boolean isCorrect() {
    return problems().isEmpty();
  }

  /** Returns a sentence for each result that is not as it should be. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (lost > 0) {
      problems.add(lost + " events were lost");
    }
    if (!duplicates.holds()) {
      problems.add("more events were processed twice than the guarantee allows");
    }
    for (PartitionEnd end : partitions) {
      if (!end.isCommitted()) {
        problems.add("the checkpoint of partition " + end.partition() + " is not at its end");
      }
      if (!end.isReleased()) {
        problems.add("partition " + end.partition() + " is still owned by " + end.owner());
      }
    }
    return problems;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(format("  produced %,d   processed %,d   lost %,d", produced, processed, lost));
    lines.add("  " + duplicates.text());
    lines.add("");
    lines.add("  Checkpoints as stored in the blobs:");
    for (PartitionEnd end : partitions) {
      lines.add(
          format(
              "    partition %-4s sequence number %,d of %,d, %s",
              end.partition(),
              end.checkpoint(),
              end.lastEnqueued(),
              end.isReleased() ? "released" : "owned by " + end.owner()));
    }
    lines.add("");
    if (isCorrect()) {
      lines.add("  Correct: no event is lost, all are committed, every partition is released.");
    }
    problems().forEach(problem -> lines.add("  WRONG: " + problem + "."));
    return lines;
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
