// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess.Measurement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks nodes again and again what they hold, until it is closed. */
final class SoakSampler implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private record Sampled(NodeProcess node, SoakSample sample) {}

  private final EmbeddedServices services;
  private final List<NodeProcess> nodes;
  private final long start = System.nanoTime();
  private final Queue<Sampled> samples = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "soak-sampler"));

  /** Starts to ask. */
  SoakSampler(EmbeddedServices services, List<NodeProcess> nodes, Duration interval) {
    this.services = services;
    this.nodes = nodes;
    thread.scheduleWithFixedDelay(
        () -> nodes.forEach(this::sample), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sample(NodeProcess node) {
    try {
      Measurement measured = node.measure().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      samples.add(
          new Sampled(
              node,
              new SoakSample(
                  Duration.ofNanos(System.nanoTime() - start),
                  measured.resources(),
                  services.eventHubs().connectionCount())));
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      failures.add(node + " has not said what it holds: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many samples each node has given, at least. */
  int count() {
    return samples(Duration.ZERO).values().stream().mapToInt(List::size).min().orElse(0);
  }

  /** The samples from a time on, by node. */
  Map<String, List<SoakSample>> samples(Duration from) {
    Map<String, List<SoakSample>> byNode = new LinkedHashMap<>();
    nodes.forEach(node -> byNode.put(node.name(), new ArrayList<>()));
    for (Sampled sampled : samples) {
      if (sampled.sample().at().compareTo(from) >= 0) {
        byNode.get(sampled.node().name()).add(sampled.sample());
      }
    }
    return byNode;
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
