// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints lines that stay, and below them a picture that is drawn over and over. Long lines are
 * broken between words, so that nothing is wrapped on a terminal of 80 columns.
 */
final class Screen {

  /** In the last column some terminals begin a new line by themselves. */
  static final int WIDTH = 79;

  private static final String INDENTATION_OF_THE_REST = "  ";

  private final PrintStream out;
  private final boolean redraws;
  private int drawn;

  /**
   * A screen.
   *
   * @param redraws whether the output understands cursor movements; if not, each picture follows
   *     the one before
   */
  Screen(PrintStream out, boolean redraws) {
    this.out = out;
    this.redraws = redraws;
  }

  /**
   * Standard output, redrawn where it is a terminal. From Java 22 on that is only found out with
   * the system property jdk.console=java.base.
   */
  @SuppressWarnings("SystemConsoleNull")
  static Screen standard() {
    String terminal = System.getenv().getOrDefault("TERM", "dumb");
    boolean isTerminal =
        System.console() != null && !terminal.equals("dumb") && System.getenv("CI") == null;
    return new Screen(System.out, isTerminal);
  }

  boolean redraws() {
    return redraws;
  }

  synchronized void say(String line) {
    erase();
    broken(line).forEach(out::println);
    out.flush();
  }

  /** The line in parts that fit; all but the first are indented a little more. */
  static List<String> broken(String line) {
    List<String> parts = new ArrayList<>();
    String rest = line;
    String indentation =
        line.substring(0, line.length() - line.stripLeading().length()) + INDENTATION_OF_THE_REST;
    while (rest.length() > WIDTH) {
      int end = rest.lastIndexOf(' ', WIDTH);
      if (end <= indentation.length()) {
        break;
      }
      parts.add(rest.substring(0, end));
      rest = indentation + rest.substring(end).stripLeading();
    }
    parts.add(rest);
    return parts;
  }

  synchronized void draw(List<String> picture) {
    erase();
    out.println(String.join(System.lineSeparator(), picture));
    out.flush();
    drawn = redraws ? picture.size() : 0;
  }

  private void erase() {
    if (drawn > 0) {
      // Up to the first line of the picture, and clear from there.
      out.print("\u001b[" + drawn + "A\u001b[J");
      drawn = 0;
    }
  }
}
