// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** The progress of all partitions as lines of text. Remembers the last one, for the rate. */
final class ProgressTable {

  private static final String ROW = "  %-10s %-16s %-12s %12s %12s %8s";

  private Duration lastElapsed = Duration.ZERO;
  private int lastProcessed;

  /** One picture. */
  List<String> lines(Duration elapsed, Ledger ledger, List<PartitionProgress> partitions) {
    int processed = ledger.processed();
    long millis = Math.max(1, elapsed.minus(lastElapsed).toMillis());
    long rate = Math.round((processed - lastProcessed) * 1000.0 / millis);
    lastElapsed = elapsed;
    lastProcessed = processed;

    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        format(
            "  %2d s  produced %,d  processed %,d  (%,d events/s)  duplicates %,d",
            elapsed.toSeconds(), ledger.produced(), processed, rate, ledger.duplicates()));
    lines.add(format(ROW, "partition", "owner", "state", "position", "committed", "lag"));
    for (PartitionProgress partition : partitions) {
      lines.add(
          format(
              ROW,
              partition.partition(),
              partition.owner().isEmpty() ? "-" : partition.owner(),
              partition.state().isEmpty() ? "-" : partition.state(),
              number(partition.position()),
              number(partition.committed()),
              number(partition.lag())));
    }
    return lines;
  }

  /** Before the first event the sequence number is -1. */
  static String number(OptionalLong sequenceNumber) {
    return sequenceNumber.isEmpty() || sequenceNumber.getAsLong() < 0
        ? "-"
        : format("%,d", sequenceNumber.getAsLong());
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
