// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;

/** A {@link QuickstartNode} as its parent sees it. Thread-safe. */
final class NodeProcess {

  private static final long STARTING_SECONDS = 60;
  private static final long ENDING_SECONDS = 30;

  private final String name;
  private final Process process;
  private final Ledger ledger;
  private final PrintStream commands;
  private final Thread reader;
  private final CompletableFuture<String> address = new CompletableFuture<>();
  private final CompletableFuture<Done> up = new CompletableFuture<>();
  private volatile Map<String, OwnedPartition> partitions = Map.of();
  private volatile boolean expectedToEnd;

  private NodeProcess(String name, Process process, Ledger ledger) {
    this.name = name;
    this.process = process;
    this.ledger = ledger;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.reader = new Thread(this::readReports, name);
  }

  /** Starts a process of the same Java and class path as this one. */
  static NodeProcess start(String name, Connections connections, Ledger ledger) {
    Path log = Path.of(System.getProperty("quickstart.log", "target/quickstart.log"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add(
        "-Dquickstart.log=" + log.resolveSibling("quickstart-" + name.replace(' ', '-') + ".log"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(QuickstartNode.class.getName());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(connections.toEnvironment());
    try {
      NodeProcess node = new NodeProcess(name, builder.start(), ledger);
      node.reader.start();
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readReports() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        read(line);
      }
    } catch (IOException e) {
      // It was killed in the middle of a line.
    } finally {
      partitions = Map.of();
      IllegalStateException end = new IllegalStateException(name + " has ended");
      address.completeExceptionally(end);
      up.completeExceptionally(end);
    }
  }

  private void read(String line) {
    if (line.startsWith(QuickstartNode.PROCESSED)) {
      ledger.processed(Order.parse(line.substring(QuickstartNode.PROCESSED.length())));
    } else if (line.startsWith(QuickstartNode.PARTITIONS)) {
      Map<String, OwnedPartition> reported = new TreeMap<>();
      Arrays.stream(line.substring(QuickstartNode.PARTITIONS.length()).split(" "))
          .filter(word -> !word.isEmpty())
          .map(OwnedPartition::parse)
          .forEach(partition -> reported.put(partition.partition(), partition));
      partitions = reported;
    } else if (line.startsWith(QuickstartNode.ADDRESS)) {
      address.complete(line.substring(QuickstartNode.ADDRESS.length()));
    } else if (line.equals(QuickstartNode.UP)) {
      up.complete(Done.getInstance());
    }
  }

  String name() {
    return name;
  }

  /** Where it listens; waits until it has started. */
  String address() {
    return address.orTimeout(STARTING_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Tells it to join the cluster of a node: returns at once. */
  void join(String node) {
    command(QuickstartNode.JOIN + node);
  }

  /** Waits until it has joined. */
  void awaitUp() {
    up.orTimeout(STARTING_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Tells it to run the stream: returns at once. */
  void run() {
    command(QuickstartNode.RUN);
  }

  /** Whether an owner id, {@code system@host:port#uid}, is one of this node. */
  boolean isOwner(String ownerId) {
    return address().endsWith("//" + ownerId.split("#", 2)[0]);
  }

  /** Its partitions when it last reported; none after its end. */
  Map<String, OwnedPartition> partitions() {
    return partitions;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it has ended without having been told to. */
  boolean hasFailed() {
    return !expectedToEnd && !process.isAlive();
  }

  /** SIGTERM, or its like: returns at once. */
  void terminate() {
    expectedToEnd = true;
    if (process.supportsNormalTermination()) {
      // Not Process.destroy(): that also closes the streams on which the node still reports.
      process.toHandle().destroy();
    } else {
      drain();
    }
  }

  /** SIGKILL; returns when everything that it has reported is in the ledger. */
  void kill() {
    expectedToEnd = true;
    process.toHandle().destroyForcibly();
    awaitEnd();
  }

  /** Tells it to end its stream and then itself: returns at once. */
  void drain() {
    expectedToEnd = true;
    command(QuickstartNode.DRAIN);
  }

  private void command(String command) {
    commands.println(command);
  }

  /** Waits until it has ended and all its reports were read. */
  void awaitEnd() {
    try {
      if (!process.waitFor(ENDING_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(name + " has not ended");
      }
      reader.join(TimeUnit.SECONDS.toMillis(ENDING_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
