// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.InvalidSettingsException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The message and the exit code of a failed command. */
final class Failures {

  private Failures() {}

  /** One line without a stack trace and without secrets; the exit code. */
  static int report(Throwable failure, Terminal terminal, SecretFilter secrets) {
    Throwable cause = causeOf(failure);
    terminal.err().println("eventhubs: " + secrets.clean(message(failure)));
    return cause instanceof UsageException || cause instanceof InvalidSettingsException
        ? ExitCode.USAGE
        : ExitCode.FAILED;
  }

  /** The failure in the words of its cause; it may hold a secret. */
  static String message(Throwable failure) {
    Throwable cause = causeOf(failure);
    if (cause instanceof EventHubsException known) {
      return known.reason();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static Throwable causeOf(Throwable failure) {
    Throwable current = failure;
    while ((current instanceof CompletionException || current instanceof ExecutionException)
        && current.getCause() != null) {
      current = current.getCause();
    }
    return current;
  }
}
