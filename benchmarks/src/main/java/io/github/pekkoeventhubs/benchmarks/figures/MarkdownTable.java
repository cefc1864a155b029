// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table of a document, with a heading. */
final class MarkdownTable {

  private final List<String> lines = new ArrayList<>();

  MarkdownTable(String... heading) {
    row(heading);
    String[] rule = new String[heading.length];
    Arrays.fill(rule, "---");
    row(rule);
  }

  MarkdownTable row(String... cells) {
    StringBuilder line = new StringBuilder("|");
    for (String cell : cells) {
      line.append(cell.isEmpty() ? " " : " " + cell + " ").append('|');
    }
    lines.add(line.toString());
    return this;
  }

  /** The table, and an empty line; nothing where there is no row. */
  String text() {
    return lines.size() == 2 ? "" : String.join("\n", lines) + "\n\n";
  }
}
