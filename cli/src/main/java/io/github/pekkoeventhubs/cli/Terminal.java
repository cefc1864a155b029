// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * The surroundings of a command: environment variables, streams and the clock.
 *
 * @param environment the variables
 * @param in standard input
 * @param out the stream for results; of {@link Results}
 * @param err the stream for messages; secrets are removed from them
 * @param colours whether results are coloured and refreshed in place
 * @param columns the width of the screen, in characters
 * @param clock the time for relative positions such as {@code -10m}
 */
record Terminal(
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean colours,
    int columns,
    Clock clock) {

  private static final int NARROW = 80;

  /** This process: coloured only on a terminal, and not where {@code NO_COLOR} is set. */
  static Terminal ofProcess(SecretFilter secrets) {
    Map<String, String> environment = System.getenv();
    PrintStream err = secrets.filtering(System.err);
    // The log of verbose runs goes there too.
    System.setErr(err);
    return new Terminal(
        environment,
        System.in,
        // System.out is a print stream, which tells nobody what it could not write.
        Results.to(new FileOutputStream(FileDescriptor.out)),
        err,
        Ansi.AUTO.enabled(),
        columns(environment.getOrDefault("COLUMNS", "")),
        Clock.systemUTC());
  }

  /** Names no secret: variables may hold some. */
  @Override
  public String toString() {
    return "Terminal[colours=" + colours + ", columns=" + columns + "]";
  }

  private static int columns(String text) {
    try {
      return Math.max(NARROW, Integer.parseInt(text.trim()));
    } catch (NumberFormatException e) {
      return NARROW;
    }
  }
}
