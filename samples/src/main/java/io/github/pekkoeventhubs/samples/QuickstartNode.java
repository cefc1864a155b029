// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * A node in a process of its own: runs the stream and reports to its parent on standard output, a
 * line each. On SIGTERM it leaves the cluster, for which Pekko has a shutdown hook; nothing here
 * has to be done for it.
 *
 * <p>An event is reported before it counts as processed, so that the parent knows of everything
 * that a killed node can have committed.
 */
public final class QuickstartNode {

  /** Followed by the address of the node, when it has joined. */
  static final String UP = "up ";

  /** Followed by the partitions of this node. */
  static final String PARTITIONS = "partitions ";

  /** Followed by an event that was processed. */
  static final String PROCESSED = "processed ";

  /** On standard input: end the stream and the process. */
  static final String DRAIN = "drain";

  private static final long REPORT_MILLIS = 200;

  private QuickstartNode() {}

  /**
   * Runs until it is told to end.
   *
   * @param arguments the address of a node to join, or nothing for the first node
   */
  public static void main(String[] arguments) throws IOException {
    try {
      run(arguments.length == 0 ? Optional.empty() : Optional.of(arguments[0]));
      System.exit(0);
    } catch (RuntimeException e) {
      System.err.println("The node has failed: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(Optional<String> seed) throws IOException {
    Connections connections = Connections.from(System.getenv()).orElseThrow();
    ActorSystem<?> system = QuickstartSystem.start(seed, connections.toConfiguration());
    System.out.println(UP + QuickstartSystem.address(system));
    Consumer.DrainingControl<Done> control = OrderStream.run(system, QuickstartNode::bill);
    ScheduledExecutorService reporter =
        Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "reporter"));
    reporter.scheduleWithFixedDelay(() -> report(control), 0, REPORT_MILLIS, TimeUnit.MILLISECONDS);
    control
        .streamCompletion()
        .whenComplete(
            (done, failure) -> {
              boolean leaving = CoordinatedShutdown.get(system).getShutdownReason().isPresent();
              if (failure != null && !leaving) {
                System.err.println("The stream has failed: " + failure);
                Runtime.getRuntime().halt(1);
              }
            });

    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String command = commands.readLine();
    if (command == null) {
      // The parent is gone: nobody is left to report to.
      Runtime.getRuntime().halt(1);
    }
    control.drainAndShutdown().toCompletableFuture().join();
    report(control);
  }

  private static void report(Consumer.Control control) {
    System.out.println(
        OwnedPartition.of(control.status()).values().stream()
            .map(OwnedPartition::toWord)
            .collect(Collectors.joining(" ", PARTITIONS, "")));
  }

  /** Stands for a call to somebody who answers later. */
  private static CompletionStage<Done> bill(CommittableEvent event) {
    return CompletableFuture.supplyAsync(
        () -> {
          Order.of(event).ifPresent(order -> System.out.println(PROCESSED + order.toLine()));
          return Done.getInstance();
        });
  }
}
