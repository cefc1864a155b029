// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;

/** A {@link QuickstartNode} as its parent sees it. Thread-safe. */
final class QuickstartProcess {

  private static final long STARTING_SECONDS = 120;
  private static final Duration ENDING = Duration.ofSeconds(30);

  private final String name;
  private final JavaProcess process;
  private final Ledger ledger;
  private final CompletableFuture<String> address = new CompletableFuture<>();
  private final CompletableFuture<Integer> metricsPort = new CompletableFuture<>();
  private final CompletableFuture<Done> up = new CompletableFuture<>();
  private volatile Map<String, ReportedPartition> partitions = Map.of();
  private volatile boolean expectedToEnd;

  private QuickstartProcess(String name, JavaProcess process, Ledger ledger) {
    this.name = name;
    this.process = process;
    this.ledger = ledger;
  }

  /**
   * Starts a process of the same Java and class path as this one.
   *
   * @param options more options of its JVM, such as settings
   */
  static QuickstartProcess start(
      String name, Connections connections, Ledger ledger, List<String> options) {
    Path log = Path.of(System.getProperty("quickstart.log", "target/quickstart.log"));
    Path logOfNode = log.resolveSibling("quickstart-" + name.replace(' ', '-') + ".log");
    QuickstartProcess node =
        new QuickstartProcess(
            name,
            JavaProcess.of(QuickstartNode.class)
                .withOptions(options)
                .withOptions("-Xmx256m", "-Dquickstart.log=" + logOfNode)
                .withEnvironment(connections.toEnvironment())
                .start(name),
            ledger);
    node.process.readReports(node::read, node::ended);
    return node;
  }

  private void ended() {
    partitions = Map.of();
    IllegalStateException end = new IllegalStateException(name + " has ended");
    address.completeExceptionally(end);
    metricsPort.completeExceptionally(end);
    up.completeExceptionally(end);
  }

  private void read(String line) {
    if (line.startsWith(QuickstartNode.PROCESSED)) {
      ledger.processed(Order.parse(line.substring(QuickstartNode.PROCESSED.length())));
    } else if (line.startsWith(QuickstartNode.PARTITIONS)) {
      Map<String, ReportedPartition> reported = new TreeMap<>();
      Arrays.stream(line.substring(QuickstartNode.PARTITIONS.length()).split(" "))
          .filter(word -> !word.isEmpty())
          .map(ReportedPartition::parse)
          .forEach(partition -> reported.put(partition.partition(), partition));
      partitions = reported;
    } else if (line.startsWith(QuickstartNode.ADDRESS)) {
      address.complete(line.substring(QuickstartNode.ADDRESS.length()));
    } else if (line.startsWith(QuickstartNode.METRICS)) {
      metricsPort.complete(Integer.valueOf(line.substring(QuickstartNode.METRICS.length())));
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

  /** Where its meters are shown; waits until it has started. */
  int metricsPort() {
    return metricsPort.orTimeout(STARTING_SECONDS, TimeUnit.SECONDS).join();
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
  Map<String, ReportedPartition> partitions() {
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
    if (process.canTerminate()) {
      process.terminate();
    } else {
      drain();
    }
  }

  /** SIGKILL; returns when everything that it has reported is in the ledger. */
  void kill() {
    expectedToEnd = true;
    process.kill();
    awaitEnd();
  }

  /** Tells it to end its stream and then itself: returns at once. */
  void drain() {
    expectedToEnd = true;
    command(QuickstartNode.DRAIN);
  }

  private void command(String command) {
    process.tell(command);
  }

  /** Waits until it has ended and all its reports were read. */
  void awaitEnd() {
    process.awaitEnd(ENDING);
  }
}
