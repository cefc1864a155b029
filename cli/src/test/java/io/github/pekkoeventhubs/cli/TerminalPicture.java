// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws what a command has written on a terminal of 80 columns, with its colours, as SVG. Each
 * piece of text has its place, so that columns stand below each other in any font.
 */
final class TerminalPicture {

  private static final int COLUMNS = 80;
  private static final double COLUMN = 8.4;
  private static final int LINE = 20;
  private static final int MARGIN = 16;
  private static final Pattern ESCAPE = Pattern.compile("\u001b\\[([0-9;]*)([A-Za-z])");

  private final List<String> lines = new ArrayList<>();

  // How text looks from the last escape sequence on.
  private boolean bold;
  private boolean faint;
  private String colour = "";

  /** Shows a command as it is typed, and then its output. */
  void command(String typed, String output) {
    lines.add("\u001b[32m$\u001b[39m " + typed);
    output.lines().forEach(lines::add);
  }

  /** The lines without colours. */
  List<String> text() {
    return lines.stream().map(line -> ESCAPE.matcher(line).replaceAll("")).toList();
  }

  /** Draws it, described by these words for readers who do not see it. */
  String draw(String description) {
    int width = (int) (COLUMNS * COLUMN) + 2 * MARGIN;
    int height = lines.size() * LINE + 2 * MARGIN;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n"
            .formatted(width, height, width, height));
    svg.append("<title>").append(escaped(description)).append("</title>\n");
    svg.append(
        """
        <style>
        text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de; white-space: pre }
        .bold { font-weight: bold } .faint { fill: #8b949e } .red { fill: #ff7b72 } .green { fill: #7ee787 }
        </style>
        <rect width="100%" height="100%" rx="8" fill="#0d1117"/>
        """);
    for (int i = 0; i < lines.size(); i++) {
      draw(svg, lines.get(i), MARGIN + (i + 1) * LINE - 6);
    }
    return svg.append("</svg>\n").toString();
  }

  private void draw(StringBuilder svg, String line, int y) {
    Matcher escape = ESCAPE.matcher(line);
    int from = 0;
    int column = 0;
    while (escape.find()) {
      column = piece(svg, line.substring(from, escape.start()), column, y);
      if (escape.group(2).equals("m")) {
        for (String code : escape.group(1).split(";", -1)) {
          apply(code.isEmpty() ? 0 : Integer.parseInt(code));
        }
      }
      from = escape.end();
    }
    piece(svg, line.substring(from), column, y);
  }

  private void apply(int code) {
    switch (code) {
      case 0 -> {
        bold = false;
        faint = false;
        colour = "";
      }
      case 1 -> bold = true;
      case 2 -> faint = true;
      case 21, 22 -> {
        bold = false;
        faint = false;
      }
      case 31 -> colour = "red";
      case 32 -> colour = "green";
      case 39 -> colour = "";
      default -> throw new IllegalArgumentException("a style that has no picture: " + code);
    }
  }

  private int piece(StringBuilder svg, String text, int column, int y) {
    if (!text.isBlank()) {
      List<String> classes = new ArrayList<>();
      if (bold) {
        classes.add("bold");
      }
      if (faint) {
        classes.add("faint");
      }
      if (!colour.isEmpty()) {
        classes.add(colour);
      }
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\"%s xml:space=\"preserve\">%s</text>\n",
              MARGIN + column * COLUMN,
              y,
              text.length() * COLUMN,
              classes.isEmpty() ? "" : " class=\"" + String.join(" ", classes) + "\"",
              escaped(text)));
    }
    return column + text.length();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
