// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Print a script that makes bash or zsh complete the command.",
    footer = {
      "",
      "For the command 'eventhubs', an alias or a script for 'java -jar eventhubs.jar':",
      "  source <(eventhubs completion)"
    })
final class CompletionCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // Picocli looks at the annotation.
  private boolean help;

  private final Terminal terminal;

  CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    terminal
        .out()
        .println(AutoComplete.bash("eventhubs", Objects.requireNonNull(spec).root().commandLine()));
  }
}
