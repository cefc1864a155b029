// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.cli.Results.NotWrittenException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code eventhubs}. */
@Command(
    name = "eventhubs",
    version = "eventhubs 0.1.0-SNAPSHOT",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Look at event hubs and consumer groups, send, read, replay and reset.",
    footer = {
      "",
      "Where the services are is said by options, the environment, or a file:",
      "  EVENTHUBS_CONNECTION_STRING  the namespace, with the events",
      "  STORAGE_CONNECTION_STRING    the storage account, with the checkpoints",
      "  STORAGE_CONTAINER            its container",
      "  EVENTHUBS_SETTINGS           a properties file, with connection-string,",
      "                               storage-connection-string and container",
      "An option wins, then the file that --settings names, then a variable, then the",
      "file of EVENTHUBS_SETTINGS. Without keys, by access tokens: see --namespace,",
      "--storage-url and --token-command of a command.",
      "",
      "Examples:",
      "  eventhubs describe orders",
      "  eventhubs lag orders --group billing --watch",
      "  eventhubs tail orders --from -10m --filter error",
      "  eventhubs ui orders",
      "  eventhubs reset orders --group billing --to 2026-11-29T05:00:00Z",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not everything was done (a partition",
      "has an owner, somebody has written its checkpoint meanwhile, or events were gone",
      "before they were read)."
    })
public final class EventHubs implements Runnable {

  /** The name of a command or an option, with a slip perhaps. A key has other characters, too. */
  private static final Pattern NAME = Pattern.compile("-?-?[a-z]+(-[a-z]+){0,4}");

  @Spec @Nullable CommandSpec spec;

  EventHubs() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    SecretFilter secrets = new SecretFilter();
    Logging.choose(arguments);
    System.exit(run(Terminal.ofProcess(secrets), secrets, arguments));
  }

  /** Runs one command in this process. */
  static int run(Terminal terminal, SecretFilter secrets, String... arguments) {
    try {
      return commands(terminal, secrets).execute(arguments);
    } catch (NotWrittenException help) {
      return Failures.report(help, terminal, secrets);
    }
  }

  static CommandLine commands(Terminal terminal, SecretFilter secrets) {
    CommandLine commands =
        new CommandLine(new EventHubs())
            .addSubcommand(new DescribeCommand(terminal, secrets))
            .addSubcommand(new LagCommand(terminal, secrets))
            .addSubcommand(new GroupsCommand(terminal, secrets))
            .addSubcommand(new ResetCommand(terminal, secrets))
            .addSubcommand(new TailCommand(terminal, secrets))
            .addSubcommand(new SendCommand(terminal, secrets))
            .addSubcommand(new ReplayCommand(terminal, secrets))
            .addSubcommand(new WatchCommand(terminal, secrets))
            .addSubcommand(new UiCommand(terminal, secrets))
            .addSubcommand(new CompletionCommand(terminal));
    commands
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF))
        .setUsageHelpWidth(Math.min(terminal.columns(), 100))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setParameterExceptionHandler(
            (exception, rejected) -> {
              terminal.err().println("eventhubs: " + secrets.clean(message(exception)));
              terminal
                  .err()
                  .println(
                      "Try '"
                          + exception.getCommandLine().getCommandSpec().qualifiedName()
                          + " --help'.");
              return ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (exception, command, parsed) -> Failures.report(exception, terminal, secrets));
    return commands;
  }

  private static String message(ParameterException exception) {
    if (exception instanceof UnmatchedArgumentException unmatched) {
      return message(unmatched);
    }
    return exception.getMessage() == null ? "wrong usage" : exception.getMessage();
  }

  /**
   * Shows only what may be a name. Another argument may be the rest of a secret, of which the shell
   * has made several arguments.
   */
  private static String message(UnmatchedArgumentException exception) {
    List<String> names = exception.getUnmatched().stream().filter(NAME.asMatchPredicate()).toList();
    return names.isEmpty()
        ? "there is an argument too many: put a value with blanks or ; in quotes"
        : "unknown argument " + String.join(", ", names);
  }

  @Override
  public void run() {
    CommandSpec command = Objects.requireNonNull(spec);
    throw new ParameterException(command.commandLine(), "name a command");
  }
}
