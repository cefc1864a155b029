// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

/** The exit codes of the process. */
final class ExitCode {

  /** Everything was done. */
  static final int OK = 0;

  /** The services could not be asked, an answer was an error, or it could not be shown. */
  static final int FAILED = 1;

  /** The command line is wrong, or a setting is missing. */
  static final int USAGE = 2;

  /**
   * Nothing went wrong, and not everything was done: a partition has an owner, or events were gone
   * before they were read, for example.
   */
  static final int INCOMPLETE = 3;

  private ExitCode() {}
}
