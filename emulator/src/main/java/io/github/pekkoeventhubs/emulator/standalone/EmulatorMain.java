// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.standalone;

import io.github.pekkoeventhubs.emulator.standalone.EmulatorArguments.EventHubArgument;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Runs {@link EventHubsEmulator} and {@link BlobEmulator} on their own, for clients in any
 * language:
 *
 * <pre>{@code
 * java -jar pekko-eventhubs-emulator-<version>-standalone.jar --event-hub orders:4 --consumer-group billing
 * }</pre>
 *
 * <p>It prints both connection strings when it is ready and runs until it is stopped by Ctrl-C or
 * SIGTERM. {@code --help} lists the options. Exits with 2 if the arguments are wrong and with 1 if
 * a port or the directory cannot be used.
 */
public final class EmulatorMain {

  private EmulatorMain() {}

  /** Starts the emulators and returns when the process is told to end. */
  public static void main(String[] arguments) throws InterruptedException {
    int status = run(arguments, System.out, System.err);
    if (status != 0) {
      System.exit(status);
    }
  }

  private static int run(String[] words, PrintStream out, PrintStream err)
      throws InterruptedException {
    EmulatorArguments arguments;
    try {
      arguments = EmulatorArguments.parse(words);
    } catch (IllegalArgumentException wrong) {
      err.println(wrong.getMessage());
      err.println("--help lists the options.");
      return 2;
    }
    if (arguments.help()) {
      out.print(EmulatorArguments.USAGE);
      return 0;
    }
    try (BlobEmulator blobs = startBlobs(arguments);
        EventHubsEmulator eventHubs = startEventHubs(arguments)) {
      EmulatorPageData.publish(eventHubs, blobs);
      out.print(greeting(arguments, eventHubs, blobs));
      out.flush();
      awaitEnd();
      return 0;
    } catch (UncheckedIOException unusable) {
      err.println(unusable.getMessage());
      return 1;
    } catch (IllegalArgumentException wrong) {
      err.println(wrong.getMessage());
      return 2;
    }
  }

  private static BlobEmulator startBlobs(EmulatorArguments arguments) {
    BlobEmulator.Builder builder =
        BlobEmulator.builder().port(arguments.blobPort()).writeLogCapacity(0);
    arguments.containers().forEach(builder::container);
    Path directory = arguments.directory();
    if (directory != null) {
      builder.persist(directory);
    }
    return builder.start();
  }

  private static EventHubsEmulator startEventHubs(EmulatorArguments arguments) {
    EventHubsEmulator.Builder builder = EventHubsEmulator.builder().port(arguments.amqpPort());
    String sasKey = arguments.sasKey();
    if (sasKey != null) {
      builder.sasKey("RootManageSharedAccessKey", sasKey).verifySas(true);
    }
    Path directory = arguments.directory();
    if (directory != null) {
      builder.persist(directory.resolve("event-hubs"));
    }
    for (EventHubArgument eventHub : arguments.eventHubs()) {
      builder.eventHub(eventHub.name(), eventHub.partitions());
      eventHub.consumerGroups().forEach(builder::consumerGroup);
    }
    return builder.start();
  }

  private static String greeting(
      EmulatorArguments arguments, EventHubsEmulator eventHubs, BlobEmulator blobs) {
    List<String> lines = new ArrayList<>();
    lines.add("The emulators are ready.");
    lines.add("");
    lines.add("Event Hubs listens on port " + eventHubs.port() + " and has");
    for (EventHubArgument eventHub : arguments.eventHubs()) {
      List<String> groups = new ArrayList<>(List.of("$Default"));
      groups.addAll(eventHub.consumerGroups());
      lines.add(
          "  %s with %d partitions and the consumer groups %s"
              .formatted(eventHub.name(), eventHub.partitions(), String.join(", ", groups)));
    }
    lines.add("Connect with");
    lines.add("  " + eventHubs.connectionString());
    lines.add("");
    lines.add(
        "Blob Storage listens on port %d and has the containers %s"
            .formatted(blobs.port(), String.join(", ", blobs.containers())));
    lines.add("Connect with");
    lines.add("  " + blobs.connectionString());
    lines.add("");
    lines.add("See what is in them at http://localhost:" + blobs.port() + "/");
    lines.add("");
    lines.add(
        arguments.directory() == null
            ? "Everything is in memory and gone at the end. Stop with Ctrl-C."
            : "Everything is kept in "
                + arguments.directory().toAbsolutePath()
                + ". Stop with Ctrl-C.");
    lines.add("");
    return String.join(System.lineSeparator(), lines);
  }

  /**
   * Waits for the signal to end. The hook must not return before the emulators are closed, because
   * the process ends when its hooks have.
   */
  private static void awaitEnd() throws InterruptedException {
    CountDownLatch signalled = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  signalled.countDown();
                  awaitDeath(main);
                },
                "emulator-shutdown"));
    signalled.await();
  }

  private static void awaitDeath(Thread main) {
    try {
      main.join(10_000);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
