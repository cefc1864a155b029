// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.standalone;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of the stand-alone emulators.
 *
 * @param eventHubs in the order given
 * @param sasKey null where signatures are not to be checked
 * @param containers blob containers to create
 * @param directory where everything is kept beyond the end; null keeps it in memory only
 * @param help whether only the usage was asked for
 */
record EmulatorArguments(
    List<EventHubArgument> eventHubs,
    int amqpPort,
    int blobPort,
    @Nullable String sasKey,
    List<String> containers,
    @Nullable Path directory,
    boolean help) {

  static final int DEFAULT_AMQP_PORT = 5672;
  static final int DEFAULT_BLOB_PORT = 10_000;
  static final String DEFAULT_CONTAINER = "checkpoints";
  private static final int MAX_PARTITIONS = 1024;

  static final String USAGE =
      """
      Azure Event Hubs and Blob Storage on this machine, for development and tests.

      Usage: java -jar pekko-eventhubs-emulator-<version>-standalone.jar --event-hub NAME:PARTITIONS [options]

        --event-hub NAME:PARTITIONS  an event hub, for example orders:4; may be given several times
        --consumer-group NAME        a consumer group of the event hub before it, besides $Default;
                                     may be given several times
        --amqp-port PORT             where Event Hubs listens; default 5672, 0 for any that is free
        --blob-port PORT             where Blob Storage listens; default 10000, 0 for any that is free
        --blob-container NAME        a blob container to create; default checkpoints; may be given
                                     several times
        --sas-key KEY                the key of the policy RootManageSharedAccessKey; clients must
                                     then sign with it, otherwise any key will do
        --persist DIR                keep events and blobs in this directory, and begin with what is
                                     there; otherwise everything is in memory
        --help                       this text

      Both listen on the loopback interface only. A page at / of the blob port shows what there is.
      """;

  /** An event hub to create; {@code consumerGroups} besides {@code $Default}. */
  record EventHubArgument(String name, int partitions, List<String> consumerGroups) {}

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  static EmulatorArguments parse(String... arguments) {
    List<EventHubArgument> eventHubs = new ArrayList<>();
    List<String> containers = new ArrayList<>();
    int amqpPort = DEFAULT_AMQP_PORT;
    int blobPort = DEFAULT_BLOB_PORT;
    String sasKey = null;
    Path directory = null;
    Iterator<String> words = List.of(arguments).iterator();
    while (words.hasNext()) {
      String option = words.next();
      switch (option) {
        case "--help" -> {
          return new EmulatorArguments(List.of(), amqpPort, blobPort, null, List.of(), null, true);
        }
        case "--event-hub" -> eventHubs.add(eventHub(value(option, words)));
        case "--consumer-group" -> addConsumerGroup(eventHubs, value(option, words));
        case "--amqp-port" -> amqpPort = port(option, value(option, words));
        case "--blob-port" -> blobPort = port(option, value(option, words));
        case "--blob-container" -> containers.add(value(option, words));
        case "--sas-key" -> sasKey = value(option, words);
        case "--persist" -> directory = directory(value(option, words));
        default -> throw unknown(option);
      }
    }
    if (eventHubs.isEmpty()) {
      throw new IllegalArgumentException(
          "Name at least one event hub and its number of partitions: --event-hub orders:4");
    }
    if (containers.isEmpty()) {
      containers.add(DEFAULT_CONTAINER);
    }
    return new EmulatorArguments(
        List.copyOf(eventHubs),
        amqpPort,
        blobPort,
        sasKey,
        List.copyOf(containers),
        directory,
        false);
  }

  /** Names no secret. */
  @Override
  public String toString() {
    return "EmulatorArguments[eventHubs=%s, amqpPort=%d, blobPort=%d, containers=%s, directory=%s, help=%s]"
        .formatted(eventHubs, amqpPort, blobPort, containers, directory, help);
  }

  /** The value after an equals sign may be a key. */
  private static IllegalArgumentException unknown(String option) {
    int equals = option.indexOf('=');
    return new IllegalArgumentException(
        equals < 0
            ? "There is no option " + option + "."
            : "There is no option with an equals sign, as '"
                + option.substring(0, equals)
                + "=..': put a space between an option and its value.");
  }

  private static Path directory(String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("--persist takes a directory, not '" + value + "'.", e);
    }
  }

  private static String value(String option, Iterator<String> words) {
    if (!words.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value after it.");
    }
    String value = words.next();
    if (value.isEmpty() || value.startsWith("--")) {
      throw new IllegalArgumentException(option + " needs a value, not '" + value + "'.");
    }
    return value;
  }

  private static EventHubArgument eventHub(String value) {
    int colon = value.lastIndexOf(':');
    int partitions = colon < 1 ? 0 : number(value.substring(colon + 1));
    if (partitions < 1 || partitions > MAX_PARTITIONS) {
      throw new IllegalArgumentException(
          "--event-hub takes a name and a number of partitions from 1 to "
              + MAX_PARTITIONS
              + ", as in orders:4; not '"
              + value
              + "'.");
    }
    return new EventHubArgument(value.substring(0, colon), partitions, new ArrayList<>());
  }

  private static void addConsumerGroup(List<EventHubArgument> eventHubs, String name) {
    if (eventHubs.isEmpty()) {
      throw new IllegalArgumentException(
          "--consumer-group "
              + name
              + " belongs to no event hub: put it after the --event-hub that it is for.");
    }
    eventHubs.get(eventHubs.size() - 1).consumerGroups().add(name);
  }

  private static int port(String option, String value) {
    int port = number(value);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          option + " takes a port from 0 to 65535, not '" + value + "'.");
    }
    return port;
  }

  /** The number, or -1 for what is none. */
  private static int number(String digits) {
    return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
  }
}
