// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.io.PrintStream;
import java.util.List;

/** Prints lines that stay, and below them a picture that is drawn over and over. */
final class Screen {

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
    out.println(line);
    out.flush();
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
