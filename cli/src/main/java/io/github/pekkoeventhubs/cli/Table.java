// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** Rows under headings, no wider than the screen: the widest column of text gives way. */
final class Table {

  private static final String GAP = "  ";
  private static final int NARROWEST = 8;

  /** One cell. */
  record Cell(String text, String style) {

    static Cell of(Object value) {
      return new Cell(String.valueOf(value), "");
    }

    /** A value that needs attention. */
    static Cell alert(Object value) {
      return new Cell(String.valueOf(value), "red");
    }

    /** A value that is as it should be. */
    static Cell good(Object value) {
      return new Cell(String.valueOf(value), "green");
    }

    /** A text instead of a value that is missing. */
    static Cell none(String text) {
      return new Cell(text, "faint");
    }
  }

  private final List<String> headings;
  private final List<Boolean> right;
  private final List<List<Cell>> rows = new ArrayList<>();

  /**
   * Without rows.
   *
   * @param headings a heading that begins with {@code >} is that of a column of numbers
   */
  Table(String... headings) {
    this.headings = new ArrayList<>();
    this.right = new ArrayList<>();
    for (String heading : headings) {
      boolean number = heading.startsWith(">");
      this.headings.add(number ? heading.substring(1) : heading);
      this.right.add(number);
    }
  }

  void add(Cell... cells) {
    rows.add(List.of(cells));
  }

  void print(PrintStream out, int columns, boolean colours) {
    int[] widths = widths(columns);
    List<Cell> heads = headings.stream().map(text -> new Cell(text, "bold")).toList();
    out.println(line(heads, widths, colours));
    rows.forEach(row -> out.println(line(row, widths, colours)));
  }

  private int[] widths(int columns) {
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = headings.get(i).length();
      for (List<Cell> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).text().length());
      }
    }
    while (sum(widths) > columns) {
      int widest = widestText(widths);
      if (widest < 0 || widths[widest] <= NARROWEST) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  private static int sum(int[] widths) {
    int sum = GAP.length() * (widths.length - 1);
    for (int width : widths) {
      sum += width;
    }
    return sum;
  }

  private int widestText(int[] widths) {
    int widest = -1;
    for (int i = 0; i < widths.length; i++) {
      if (!right.get(i) && (widest < 0 || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    return widest;
  }

  private String line(List<Cell> cells, int[] widths, boolean colours) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      if (i > 0) {
        line.append(GAP);
      }
      String text = shortened(cells.get(i).text(), widths[i]);
      String blanks = " ".repeat(widths[i] - text.length());
      String shown = styled(text, cells.get(i).style(), colours);
      line.append(right.get(i) ? blanks + shown : shown + blanks);
    }
    return line.toString().stripTrailing();
  }

  /** The end of a name tells more than its middle: of a node, the address and the number. */
  private static String shortened(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    int tail = (width - 1) / 2;
    return text.substring(0, width - 1 - tail) + "~" + text.substring(text.length() - tail);
  }

  private static String styled(String text, String style, boolean colours) {
    if (!colours || style.isEmpty() || text.isEmpty()) {
      return text;
    }
    Ansi.IStyle[] styles = Ansi.Style.parse(style);
    return Ansi.Style.on(styles) + text + Ansi.Style.off(styles);
  }
}
