// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.util.Arrays;

/** The log of the libraries: it is empty unless the user asks for it. */
final class Logging {

  /** The option that every command has for it. */
  static final String VERBOSE = "--verbose";

  private Logging() {}

  /** Must be called before the first logger is made. Lines go to standard error. */
  static void choose(String... arguments) {
    boolean verbose = Arrays.asList(arguments).contains(VERBOSE);
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "off");
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "HH:mm:ss.SSS");
    // Without this, SLF4J tells which provider it has chosen.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }
}
