// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A running {@link ConsumerNode} as its parent process sees it. */
public final class NodeProcess implements AutoCloseable {

  /** A time in which the process did not run; the end is far where it has ended. */
  public record Outage(Instant from, Instant to) {}

  private static final int LOG_TAIL = 60;

  private final String name;
  private final Path log;
  private final Process process;
  private final ProcessedEvents processed;
  private final Queue<String> streamFailures = new ConcurrentLinkedQueue<>();
  private volatile int port;
  private volatile Set<String> running = Set.of();
  private final Queue<Outage> frozenBefore = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Instant frozenSince;
  private volatile Instant ended = Instant.MAX;

  private NodeProcess(String name, Path log, Process process, ProcessedEvents processed) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.processed = processed;
  }

  /**
   * Starts a node.
   *
   * @param joined the nodes whose cluster it joins; none to form one
   * @param log a file for its standard error
   */
  static NodeProcess start(
      String name,
      EmbeddedServices services,
      List<NodeProcess> joined,
      Path log,
      ProcessedEvents processed) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dconfig.resource=consumer-node.conf",
            "-Dlogback.configurationFile=consumer-node-logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            ConsumerNode.class.getName(),
            name,
            services.eventHubs().connectionString(),
            services.blobs().connectionString()));
    joined.forEach(node -> command.add(Integer.toString(node.port)));
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      NodeProcess node =
          new NodeProcess(
              name,
              log,
              new ProcessBuilder(command).redirectError(log.toFile()).start(),
              processed);
      Thread reader = new Thread(node::readReports, name + "-reports");
      reader.setDaemon(true);
      reader.start();
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException("the node " + name + " cannot be started", e);
    }
  }

  private void readReports() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        accept(NodeReport.parse(line));
      }
    } catch (IOException e) {
      streamFailures.add("the reports could not be read: " + e);
    } finally {
      running = Set.of();
      ended = Instant.now();
    }
  }

  private void accept(NodeReport report) {
    if (report instanceof NodeReport.Up up) {
      port = up.port();
    } else if (report instanceof NodeReport.Running now) {
      running = now.partitions();
    } else if (report instanceof NodeReport.Processed event) {
      processed.add(name, event.partition(), event.sequenceNumber(), Instant.now());
    } else if (report instanceof NodeReport.StreamFailed failed) {
      streamFailures.add(failed.reason());
    }
  }

  public String name() {
    return name;
  }

  /** The port of its cluster address; empty before it is up. */
  public OptionalInt port() {
    return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
  }

  public boolean isUp() {
    return port != 0 && isAlive();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public boolean isFrozen() {
    return frozenSince != null;
  }

  /** The partitions it owns and receives, as it last said; none after its end. */
  public Set<String> running() {
    return running;
  }

  /** Why its streams have failed so far. */
  public List<String> streamFailures() {
    return List.copyOf(streamFailures);
  }

  /** When it was frozen, and when it has ended, in order of time. */
  public List<Outage> outages() {
    List<Outage> outages = new ArrayList<>(frozenBefore);
    if (ended.isBefore(Instant.MAX)) {
      outages.add(new Outage(ended, Instant.MAX));
    }
    return outages;
  }

  /** Asks it to leave the cluster and to end (SIGTERM). */
  public void leave() {
    signal("TERM");
  }

  /** Ends it without a word (SIGKILL). */
  public void kill() {
    signal("KILL");
  }

  /** Takes it off the processor (SIGSTOP). */
  public void freeze() {
    frozenSince = Instant.now();
    signal("STOP");
  }

  /** Lets it run on (SIGCONT). */
  public void thaw() {
    signal("CONT");
    Instant since = frozenSince;
    if (since != null) {
      frozenBefore.add(new Outage(since, Instant.now()));
      frozenSince = null;
    }
  }

  /** Not by {@link Process#destroy}: that closes the pipes, also those with unread reports. */
  private void signal(String signal) {
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

  @Override
  public String toString() {
    return name;
  }
}
