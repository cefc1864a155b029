// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the services are: from options, else from the environment, else from a file. */
final class ConnectionOptions {

  private static final String SETTINGS_VARIABLE = "EVENTHUBS_SETTINGS";

  /** A setting's key in a file, with its variable. */
  private enum Setting {
    CONNECTION_STRING("connection-string", "EVENTHUBS_CONNECTION_STRING"),
    STORAGE_CONNECTION_STRING("storage-connection-string", "STORAGE_CONNECTION_STRING"),
    CONTAINER("container", "STORAGE_CONTAINER");

    private final String key;
    private final String variable;

    Setting(String key, String variable) {
      this.key = key;
      this.variable = variable;
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
      names = "--settings",
      paramLabel = "FILE",
      description = "A properties file with these settings; EVENTHUBS_SETTINGS.")
  private @Nullable Path file;

  @Option(names = Logging.VERBOSE, description = "Show on standard error what the libraries log.")
  @SuppressWarnings("UnusedVariable") // Logging.choose looks for the option itself.
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // Picocli looks at the annotation.
  private boolean help;

  String connectionString(Map<String, String> environment) {
    return required(Setting.CONNECTION_STRING, connectionString, environment);
  }

  String storageConnectionString(Map<String, String> environment) {
    return required(Setting.STORAGE_CONNECTION_STRING, storageConnectionString, environment);
  }

  String container(Map<String, String> environment) {
    return required(Setting.CONTAINER, container, environment);
  }

  private String required(
      Setting setting, @Nullable String option, Map<String, String> environment) {
    return Optional.ofNullable(option)
        .or(() -> Optional.ofNullable(environment.get(setting.variable)))
        .filter(text -> !text.isBlank())
        .or(() -> inFile(setting, environment))
        .orElseThrow(
            () ->
                new UsageException(
                    setting.key
                        + " is missing: set "
                        + setting.variable
                        + ", give --"
                        + setting.key
                        + ", or name a file with it by --settings"));
  }

  private Optional<String> inFile(Setting setting, Map<String, String> environment) {
    String variable = environment.getOrDefault(SETTINGS_VARIABLE, "");
    Path path = file == null && !variable.isBlank() ? Path.of(variable) : file;
    return path == null
        ? Optional.empty()
        : Optional.ofNullable(read(path).getProperty(setting.key))
            .map(String::trim)
            .filter(text -> !text.isEmpty());
  }

  private static Properties read(Path path) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      properties.load(reader);
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
              + "' has unknown keys "
              + unknown
              + ": it may have connection-string, storage-connection-string and container");
    }
    return properties;
  }
}
