// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.cli.Results.NotWrittenException;

/** The message and the exit code of a failed command. */
final class Failures {

  private Failures() {}

  /**
   * Writes one line without a stack trace and without secrets, and returns the exit code. Nothing
   * is said where the reader of a pipe has gone: it has what it wanted.
   */
  static int report(Throwable failure, Terminal terminal, SecretFilter secrets) {
    if (isReaderGone(failure)) {
      return ExitCode.FAILED;
    }
    Throwable cause = StageFailure.causeOf(failure);
    terminal.err().println("eventhubs: " + secrets.clean(message(failure)));
    return cause instanceof UsageException || cause instanceof InvalidSettingsException
        ? ExitCode.USAGE
        : ExitCode.FAILED;
  }

  private static boolean isReaderGone(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NotWrittenException result && result.isReaderGone()) {
        return true;
      }
    }
    return false;
  }

  /** The failure in the words of its cause; it may hold a secret. */
  static String message(Throwable failure) {
    return StageFailure.messageOf(StageFailure.causeOf(failure));
  }
}
