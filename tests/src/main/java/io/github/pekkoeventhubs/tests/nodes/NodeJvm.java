// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process of {@link NodeHost}, in which nodes run one after the other. */
final class NodeJvm implements AutoCloseable {

  /** Receives the output of a node. Called by the thread that reads it. */
  interface Listener {

    void reported(NodeReport report);

    /** The process has ended, and all its reports have been read. */
    void processEnded();
  }

  private static final int LOG_TAIL = 60;

  private final Path log;
  private final WallClock clock;
  private final JavaProcess process;
  private volatile @Nullable Listener listener;

  /**
   * Starts it.
   *
   * @param log a file for its standard error
   * @param arguments of the virtual machine
   */
  NodeJvm(String name, Path log, List<String> arguments, WallClock clock) {
    this.log = log;
    this.clock = clock;
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException("the process " + name + " cannot be started", e);
    }
    process =
        JavaProcess.of(NodeHost.class)
            .withOptions(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=consumer-node-logback.xml")
            .withOptions(arguments)
            .withEnvironment(clock.environment())
            .withErrorsTo(log)
            .start(name);
    process.readReports(this::reported, this::ended);
  }

  private void reported(String line) {
    Listener current = listener;
    if (current != null) {
      current.reported(NodeReport.parse(line));
    }
  }

  private void ended() {
    Listener current = listener;
    if (current != null) {
      current.processEnded();
    }
  }

  /** From now on this one hears the reports; null for nobody. */
  void listener(@Nullable Listener next) {
    listener = next;
  }

  /** A process that has ended hears nothing, which its end tells. */
  void tell(NodeCommand command) {
    process.tell(command.line());
  }

  WallClock clock() {
    return clock;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void signal(String signal) {
    process.signal(signal);
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
    process.close();
  }
}
