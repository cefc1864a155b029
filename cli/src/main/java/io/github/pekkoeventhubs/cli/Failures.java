// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.StageFailure;

/** The message and the exit code of a failed command. */
final class Failures {

  private Failures() {}

  /** One line without a stack trace and without secrets; the exit code. */
  static int report(Throwable failure, Terminal terminal, SecretFilter secrets) {
    Throwable cause = StageFailure.causeOf(failure);
    terminal.err().println("eventhubs: " + secrets.clean(message(failure)));
    return cause instanceof UsageException || cause instanceof InvalidSettingsException
        ? ExitCode.USAGE
        : ExitCode.FAILED;
  }

  /** The failure in the words of its cause; it may hold a secret. */
  static String message(Throwable failure) {
    return StageFailure.messageOf(StageFailure.causeOf(failure));
  }
}
