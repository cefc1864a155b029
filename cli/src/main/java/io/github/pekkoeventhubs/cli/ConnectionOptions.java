// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where the services are: from options, else from the file that an option names, else from the
 * environment, else from the file that the environment names.
 */
final class ConnectionOptions {

  private static final String SETTINGS_VARIABLE = "EVENTHUBS_SETTINGS";

  /** A shorter one is a slip: no renewal would be in time. */
  private static final Duration SHORTEST_EXPIRY = Duration.ofSeconds(1);

  /** A setting's key in a file, with its variable. */
  private enum Setting {
    CONNECTION_STRING("connection-string", "EVENTHUBS_CONNECTION_STRING"),
    NAMESPACE("namespace", "EVENTHUBS_NAMESPACE"),
    STORAGE_CONNECTION_STRING("storage-connection-string", "STORAGE_CONNECTION_STRING"),
    STORAGE_URL("storage-url", "STORAGE_URL"),
    CONTAINER("container", "STORAGE_CONTAINER"),
    TOKEN_COMMAND("token-command", "EVENTHUBS_TOKEN_COMMAND"),
    EXPIRY("expiry", "EVENTHUBS_EXPIRY");

    private final String key;
    private final String variable;

    Setting(String key, String variable) {
      this.key = key;
      this.variable = variable;
    }
  }

  /**
   * How to reach a service: with a connection string, or by its address and with access tokens.
   *
   * @param isConnectionString else an address
   */
  record Access(boolean isConnectionString, String value) {
    /** Names no secret. */
    @Override
    public String toString() {
      return isConnectionString ? "a connection string" : "an address";
    }
  }

  @Option(
      names = "--connection-string",
      paramLabel = "TEXT",
      description =
          "Of the Event Hubs namespace; EVENTHUBS_CONNECTION_STRING. Other users of the machine"
              + " see options: prefer the variable or a file.")
  private @Nullable String connectionString;

  @Option(
      names = "--storage-connection-string",
      paramLabel = "TEXT",
      description = "Of the storage account with the checkpoints; STORAGE_CONNECTION_STRING.")
  private @Nullable String storageConnectionString;

  @Option(
      names = "--container",
      paramLabel = "NAME",
      description = "The blob container with the checkpoints; STORAGE_CONTAINER.")
  private @Nullable String container;

  @Option(
      names = "--namespace",
      paramLabel = "HOST",
      description =
          "The namespace, NAME.servicebus.windows.net, in the place of its connection string,"
              + " with --token-command; EVENTHUBS_NAMESPACE.")
  private @Nullable String namespace;

  @Option(
      names = "--storage-url",
      paramLabel = "URL",
      description =
          "The storage account, https://NAME.blob.core.windows.net, in the place of its"
              + " connection string, with --token-command; STORAGE_URL.")
  private @Nullable String storageUrl;

  @Option(
      names = "--token-command",
      paramLabel = "COMMAND",
      description =
          "A shell command that prints an access token of Entra ID for the service in"
              + " $TOKEN_RESOURCE; EVENTHUBS_TOKEN_COMMAND.")
  private @Nullable String tokenCommand;

  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description =
          "A properties file with these settings, which wins over the variables."
              + " EVENTHUBS_SETTINGS names one that does not.")
  private @Nullable Path file;

  @Option(
      names = "--expiry",
      paramLabel = "DURATION",
      description =
          "How long a claim on a partition holds without a renewal, as ownership.expiry of the"
              + " group's applications has it: 120s by default; EVENTHUBS_EXPIRY.")
  private @Nullable String expiry;

  @Option(names = Logging.VERBOSE, description = "Show on standard error what the libraries log.")
  @SuppressWarnings("UnusedVariable") // Logging.choose looks for the option itself.
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // Picocli looks at the annotation.
  private boolean help;

  /** The namespace with the events. */
  Access eventHubs(Map<String, String> environment) {
    return access(Setting.CONNECTION_STRING, Setting.NAMESPACE, environment)
        .orElseThrow(() -> missing(Setting.CONNECTION_STRING, Setting.NAMESPACE));
  }

  /** The account with the checkpoints. */
  Access storage(Map<String, String> environment) {
    return access(Setting.STORAGE_CONNECTION_STRING, Setting.STORAGE_URL, environment)
        .orElseThrow(() -> missing(Setting.STORAGE_CONNECTION_STRING, Setting.STORAGE_URL));
  }

  /** Whether anything is said of the account with the checkpoints. */
  boolean hasStorage(Map<String, String> environment) {
    return access(Setting.STORAGE_CONNECTION_STRING, Setting.STORAGE_URL, environment).isPresent()
        || value(Setting.CONTAINER, environment).isPresent();
  }

  String container(Map<String, String> environment) {
    return value(Setting.CONTAINER, environment).orElseThrow(() -> missing(Setting.CONTAINER));
  }

  String tokenCommand(Map<String, String> environment) {
    return value(Setting.TOKEN_COMMAND, environment)
        .orElseThrow(() -> missing(Setting.TOKEN_COMMAND));
  }

  /** How long a claim holds without a renewal; empty where nobody has said so. */
  Optional<Duration> expiry(Map<String, String> environment) {
    return value(Setting.EXPIRY, environment).map(ConnectionOptions::expiry);
  }

  private static Duration expiry(String text) {
    return Moments.duration(text.strip())
        .filter(time -> time.compareTo(SHORTEST_EXPIRY) >= 0)
        .orElseThrow(
            () ->
                new UsageException(
                    "expiry must be a time of at least 1s, such as 120s or 5m, and not '"
                        + text
                        + "': give it as ownership.expiry of the group's applications has it"));
  }

  /** Of two ways to reach a service, the one that is named in the place that wins. */
  private Optional<Access> access(
      Setting connection, Setting address, Map<String, String> environment) {
    for (Place place : places(environment)) {
      Optional<String> text = place.find(connection);
      Optional<String> host = place.find(address);
      if (text.isPresent() && host.isPresent()) {
        throw new UsageException(
            connection.key + " and " + address.key + " exclude each other: give one of them");
      }
      if (text.isPresent() || host.isPresent()) {
        return text.map(value -> new Access(true, value))
            .or(() -> host.map(value -> new Access(false, value)));
      }
    }
    return Optional.empty();
  }

  private Optional<String> value(Setting setting, Map<String, String> environment) {
    return places(environment).stream().flatMap(place -> place.find(setting).stream()).findFirst();
  }

  /** Where a setting can be given. */
  private interface Place {
    Optional<String> find(Setting setting);
  }

  /** The first one wins. */
  private List<Place> places(Map<String, String> environment) {
    Place options = setting -> filled(option(setting));
    Place variables = setting -> filled(environment.get(setting.variable));
    if (file != null) {
      return List.of(options, in(file), variables);
    }
    String named = environment.getOrDefault(SETTINGS_VARIABLE, "");
    return named.isBlank()
        ? List.of(options, variables)
        : List.of(options, variables, in(Path.of(named)));
  }

  private static Place in(Path path) {
    return setting -> filled(read(path).getProperty(setting.key));
  }

  private static Optional<String> filled(@Nullable String text) {
    return Optional.ofNullable(text).filter(value -> !value.isBlank());
  }

  private @Nullable String option(Setting setting) {
    return switch (setting) {
      case CONNECTION_STRING -> connectionString;
      case NAMESPACE -> namespace;
      case STORAGE_CONNECTION_STRING -> storageConnectionString;
      case STORAGE_URL -> storageUrl;
      case CONTAINER -> container;
      case TOKEN_COMMAND -> tokenCommand;
      case EXPIRY -> expiry;
    };
  }

  private static UsageException missing(Setting setting, Setting... others) {
    StringBuilder text = new StringBuilder(setting.key + " is missing: set " + setting.variable);
    text.append(", give --").append(setting.key).append(", or name a file with it by --settings");
    for (Setting other : others) {
      text.append("; or the same with ").append(other.key).append(" and token-command");
    }
    return new UsageException(text.toString());
  }

  private static Properties read(Path path) {
    Properties properties = new Properties();
    List<String> lines;
    try {
      String text = Files.readString(path, StandardCharsets.UTF_8);
      lines = text.lines().toList();
      properties.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(
          "the settings file '" + path + "' cannot be read: " + e.getClass().getSimpleName());
    }
    Set<String> unknown = new TreeSet<>(properties.stringPropertyNames());
    for (Setting setting : Setting.values()) {
      unknown.remove(setting.key);
    }
    if (!unknown.isEmpty()) {
      throw new UsageException(
          "the settings file '"
              + path
              + "' has an unknown key"
              + place(lines, unknown)
              + ": it may have "
              + Arrays.stream(Setting.values())
                  .map(setting -> setting.key)
                  .collect(Collectors.joining(", "))
              + "; a value that goes on in the next line needs a \\ at the end of its line");
    }
    return properties;
  }

  /** The line of one of these keys. The key itself may be the rest of a secret. */
  private static String place(List<String> lines, Set<String> keys) {
    for (int i = 0; i < lines.size(); i++) {
      Properties line = new Properties();
      try {
        line.load(new StringReader(lines.get(i)));
      } catch (IOException | IllegalArgumentException e) {
        continue;
      }
      if (line.stringPropertyNames().stream().anyMatch(keys::contains)) {
        return " in line " + (i + 1);
      }
    }
    return "";
  }
}
