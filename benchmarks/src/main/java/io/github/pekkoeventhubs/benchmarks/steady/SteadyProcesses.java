// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.steady;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** Services, a producer and consumers of one event hub, each in a process of its own. */
final class SteadyProcesses implements AutoCloseable {

  private static final String EVENT_HUB = "steady";

  /** Less than this share of what was offered means that a consumer does not keep up. */
  private static final double KEPT_UP = 0.9;

  private final ServicesProcess services;
  private final Map<ConsumerKind, JavaProcess> consumers = new EnumMap<>(ConsumerKind.class);
  private final Map<ConsumerKind, List<Usage>> recorded = new EnumMap<>(ConsumerKind.class);
  private final Path folder;
  private final int partitions;
  private final JavaProcess producer;
  private long lastRecord = System.nanoTime();

  private SteadyProcesses(Path folder, int partitions) {
    this.folder = folder;
    this.partitions = partitions;
    this.services = ServicesProcess.start(folder);
    services.createEventHub(EVENT_HUB, partitions);
    services.retain(EVENT_HUB, 10_000);
    this.producer =
        process(
            JavaProcess.of(SteadyProducerMain.class)
                .withArguments(services.eventHubs(), EVENT_HUB, Integer.toString(partitions)),
            "producer");
  }

  static SteadyProcesses start(
      Environment environment, int partitions, List<ConsumerKind> kinds, String name)
      throws Exception {
    Path folder = environment.folder().resolve(name);
    Files.createDirectories(folder);
    SteadyProcesses processes = new SteadyProcesses(folder, partitions);
    try {
      for (ConsumerKind kind : kinds) {
        processes.add(kind);
      }
    } catch (TimeoutException | RuntimeException e) {
      processes.close();
      throw e;
    }
    return processes;
  }

  private JavaProcess process(JavaProcess.Builder builder, String name) {
    return builder
        .withOptions(
            "-Xmx256m", "-XX:+UseSerialGC", "-Dbenchmark.log=" + folder.resolve(name + ".log"))
        .withErrorsTo(folder.resolve(name + ".err"))
        .start(name);
  }

  /** Each is an ordinary consumer group, so that nobody takes a partition from another. */
  private void add(ConsumerKind kind) throws TimeoutException {
    String group = kind.name();
    services.createConsumerGroup(EVENT_HUB, group);
    consumers.put(
        kind,
        process(
            JavaProcess.of(SteadyConsumerMain.class)
                .withArguments(
                    kind.name(),
                    services.eventHubs(),
                    services.blobs(),
                    EVENT_HUB,
                    group,
                    services.newContainerName(),
                    Integer.toString(partitions)),
            "consumer-" + kind));
    services.awaitReceivers(partitions * consumers.size());
  }

  /** From now on so many events are sent in a second. */
  void offer(int eventsPerSecond) {
    producer.tell(Integer.toString(eventsPerSecond));
  }

  /** The costs of each consumer since this was asked last. */
  Map<ConsumerKind, Usage> usages() {
    lastRecord = System.nanoTime();
    recorded.clear();
    return ask();
  }

  private Map<ConsumerKind, Usage> ask() {
    consumers.values().forEach(consumer -> consumer.tell("usage"));
    Map<ConsumerKind, Usage> usages = new EnumMap<>(ConsumerKind.class);
    consumers.forEach(
        (kind, consumer) ->
            usages.put(
                kind,
                Usage.parse(Objects.requireNonNull(consumer.nextReport(), kind + " has ended"))));
    return usages;
  }

  /**
   * Keeps the costs since the last time.
   *
   * @throws IncorrectResultException if a consumer has not got what was offered
   */
  void record(int eventsPerSecond) {
    long now = System.nanoTime();
    double offered = eventsPerSecond * (now - lastRecord) / 1e9;
    lastRecord = now;
    ask()
        .forEach(
            (kind, usage) -> {
              if (usage.events() < offered * KEPT_UP) {
                throw new IncorrectResultException(
                    kind + " has got " + usage.events() + " events of " + offered);
              }
              recorded.computeIfAbsent(kind, k -> new ArrayList<>()).add(usage);
            });
  }

  /** All that was kept since {@link #usages}, in order. */
  Map<ConsumerKind, List<Usage>> recorded() {
    return new EnumMap<>(recorded);
  }

  @Override
  public void close() {
    producer.close();
    consumers.values().forEach(JavaProcess::close);
    services.close();
  }
}
