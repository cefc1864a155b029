// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process of {@link NodeHost}, in which nodes run one after the other. */
final class NodeJvm implements AutoCloseable {

  /** Who hears what a node says. Called by the thread that reads. */
  interface Listener {

    void reported(NodeReport report);

    /** The process has ended, and all its reports have been read. */
    void processEnded();
  }

  private static final int LOG_TAIL = 60;

  private final String name;
  private final Path log;
  private final WallClock clock;
  private final Process process;
  private final BufferedWriter commands;
  private volatile @Nullable Listener listener;

  /**
   * Starts it.
   *
   * @param log a file for its standard error
   * @param arguments of the virtual machine
   */
  NodeJvm(String name, Path log, List<String> arguments, WallClock clock) {
    this.name = name;
    this.log = log;
    this.clock = clock;
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      ProcessBuilder builder = new ProcessBuilder(command(arguments)).redirectError(log.toFile());
      builder.environment().putAll(clock.environment());
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("the process " + name + " cannot be started", e);
    }
    commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::readReports, name + "-reports");
    reader.setDaemon(true);
    reader.start();
  }

  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=consumer-node-logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            NodeHost.class.getName()));
    return command;
  }

  private void readReports() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Listener current = listener;
        if (current != null) {
          current.reported(NodeReport.parse(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Listener current = listener;
      if (current != null) {
        current.processEnded();
      }
    }
  }

  /** From now on this one hears the reports; null for nobody. */
  void listener(@Nullable Listener next) {
    listener = next;
  }

  /** A process that has ended hears nothing, which its end tells. */
  void tell(NodeCommand command) {
    try {
      commands.write(command.line());
      commands.newLine();
      commands.flush();
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(name + " does not take commands", e);
      }
    }
  }

  WallClock clock() {
    return clock;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Not by {@link Process#destroy}: that closes the pipes, also those with unread reports. */
  void signal(String signal) {
    try {
      int status =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill -" + signal + " " + name + " ended with " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The end of what it logged. */
  String logTail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
    } catch (IOException e) {
      return "unreadable: " + e;
    }
  }

  /** Kills it, where it has not ended. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
