// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.samples.OrderStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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

  /** Followed by the address of the node, when it has started. */
  static final String ADDRESS = "address ";

  /** Followed by the port where its meters are shown. */
  static final String METRICS = "metrics ";

  /** When it is a member of the cluster. */
  static final String UP = "up";

  /** Followed by the partitions of this node. */
  static final String PARTITIONS = "partitions ";

  /** Followed by an event that was processed. */
  static final String PROCESSED = "processed ";

  /** On standard input, followed by an address: join the cluster of that node. */
  static final String JOIN = "join ";

  /** On standard input: run the stream. */
  static final String RUN = "run";

  /** On standard input: end the stream and the process. */
  static final String DRAIN = "drain";

  private static final Duration REPORT_INTERVAL = Duration.ofMillis(200);

  /** Each order takes a while, so that a node always has work in hand when it is told to end. */
  private static final Executor AFTER_THE_CALL =
      CompletableFuture.delayedExecutor(4, TimeUnit.MILLISECONDS);

  private QuickstartNode() {}

  /** Does what standard input says; exits when it has drained, or when the parent is gone. */
  public static void main(String[] arguments) throws IOException {
    Connections connections = Connections.from(System.getenv()).orElseThrow();
    ActorSystem<?> system = QuickstartSystem.start(configuration(connections));
    System.out.println(METRICS + new MetricsEndpoint(system).port());
    System.out.println(ADDRESS + QuickstartSystem.address(system));

    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    QuickstartSystem.join(system, next(commands).substring(JOIN.length()));
    System.out.println(UP);
    next(commands);
    Consumer.DrainingControl<Done> control = run(system);
    next(commands);
    control.drainAndShutdown().toCompletableFuture().join();
    System.exit(0);
  }

  /** The process of a node that the cluster has downed ends with its actor system. */
  private static Map<String, String> configuration(Connections connections) {
    Map<String, String> configuration = new HashMap<>(connections.toConfiguration());
    configuration.put("pekko.coordinated-shutdown.exit-jvm", "on");
    return configuration;
  }

  /** The next command; without a parent nobody is left to report to. */
  private static String next(BufferedReader commands) throws IOException {
    String command = commands.readLine();
    if (command == null) {
      Runtime.getRuntime().halt(1);
      throw new IllegalStateException("not reached");
    }
    return command;
  }

  private static Consumer.DrainingControl<Done> run(ActorSystem<?> system) {
    Consumer.DrainingControl<Done> control = OrderStream.run(system, QuickstartNode::bill);
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
    system
        .scheduler()
        .scheduleAtFixedRate(
            Duration.ZERO, REPORT_INTERVAL, () -> report(control), system.executionContext());
    return control;
  }

  private static void report(Consumer.Control control) {
    System.out.println(
        ReportedPartition.of(control.status()).values().stream()
            .map(ReportedPartition::toWord)
            .collect(Collectors.joining(" ", PARTITIONS, "")));
  }

  /** Stands for a call to somebody who answers later. */
  private static CompletionStage<Done> bill(CommittableEvent event) {
    return CompletableFuture.supplyAsync(
        () -> {
          Order.of(event).ifPresent(order -> System.out.println(PROCESSED + order.toLine()));
          return Done.getInstance();
        },
        AFTER_THE_CALL);
  }
}
