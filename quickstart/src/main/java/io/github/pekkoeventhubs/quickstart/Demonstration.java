// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import com.azure.messaging.eventhubs.EventHubProducerClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** One run: consumers first, then events, and a look at both until every event is processed. */
final class Demonstration {

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration STARTING = Duration.ofMinutes(2);
  private static final Duration STALLED = Duration.ofSeconds(90);

  private final QuickstartOptions options;
  private final Connections connections;
  private final Screen screen;
  private final Ledger ledger = new Ledger(UUID.randomUUID().toString());
  private final ProgressTable table = new ProgressTable();
  private final OwnersPicture picture = new OwnersPicture();
  private long started;
  private long drawn = System.nanoTime();

  Demonstration(QuickstartOptions options, Connections connections, Screen screen) {
    this.options = options;
    this.connections = connections;
    this.screen = screen;
  }

  /**
   * Runs to the end and prints the summary.
   *
   * @throws IllegalStateException if that is not reached
   */
  Summary run() {
    try (EventHubProducerClient client = connections.producerClient()) {
      Observer observer = new Observer(connections, client);
      if (!options.isCluster()) {
        screen.say("Starting a cluster of one node in this process ...");
        try (Consumers consumer = new LocalConsumer(connections, ledger)) {
          return run(client, observer, consumer, Script.uneventful(ledger));
        }
      }
      screen.say("Starting " + options.nodes() + " nodes, each a Java process of its own ...");
      try (QuickstartNodes nodes = new QuickstartNodes(options.nodes(), connections, ledger)) {
        awaitThat(nodes::allHavePartitions, observer, nodes);
        KillAndStop script =
            new KillAndStop(options.nodes(), nodes, ledger, observer, this::sayAndMark);
        return run(client, observer, nodes, script);
      }
    }
  }

  private Summary run(
      EventHubProducerClient client, Observer observer, Consumers consumers, Script script) {
    awaitThat(() -> allRun(observer.progress(consumers)), observer, consumers);
    tellHowToScrape(consumers.metricsPorts());
    try (OrderProducer producer =
        new OrderProducer(
            client, observer.partitions(), ledger, options.events(), options.duration())) {
      started = System.nanoTime();
      producer.start();
      processAll(producer, observer, consumers, script);
    }
    writePicture();
    screen.say("  >>>   drainAndShutdown()");
    consumers.drain();
    Summary summary = Summary.of(ledger, script, observer);
    summary.lines().forEach(screen::say);
    return summary;
  }

  private void tellHowToScrape(Map<String, Integer> ports) {
    Path folder =
        Path.of(System.getProperty("quickstart.log", "target/quickstart.log"))
            .toAbsolutePath()
            .resolveSibling("");
    PrometheusFile.write(folder, ports);
    PrometheusFile.instructions(ports, folder).forEach(screen::say);
  }

  private interface Condition {
    boolean isMet();
  }

  private void awaitThat(Condition condition, Observer observer, Consumers consumers) {
    long deadline = System.nanoTime() + STARTING.toNanos();
    while (!condition.isMet()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the partitions were not assigned within " + STARTING);
      }
      pause();
      draw(observer.progress(consumers));
    }
  }

  private static boolean allRun(List<PartitionProgress> progress) {
    return progress.stream().allMatch(PartitionProgress::isRunning);
  }

  /** Returns when every event was processed, or none any more for long. */
  private void processAll(
      OrderProducer producer, Observer observer, Consumers consumers, Script script) {
    int processed = 0;
    long progressed = System.nanoTime();
    while (!(producer.isFinished() && script.isDone() && ledger.missing() == 0)) {
      pause();
      List<PartitionProgress> progress = observer.progress(consumers);
      draw(progress);
      picture.look(elapsed(), progress);
      script.advance(progress);
      if (options.isCluster() && script.isDone()) {
        producer.stop();
      }
      producer
          .failure()
          .ifPresent(
              failure -> {
                throw new IllegalStateException("the producer has failed", failure);
              });
      if (ledger.processed() > processed) {
        processed = ledger.processed();
        progressed = System.nanoTime();
      } else if (System.nanoTime() - progressed > STALLED.toNanos()) {
        screen.say("No event was processed for " + STALLED.toSeconds() + " s: giving up.");
        return;
      }
    }
  }

  private void draw(List<PartitionProgress> progress) {
    long now = System.nanoTime();
    Duration interval = Duration.ofSeconds(screen.redraws() ? 1 : 2);
    if (now - drawn >= interval.toNanos()) {
      drawn = now;
      screen.draw(table.lines(elapsed(), ledger, progress));
    }
  }

  private Duration elapsed() {
    return started == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - started);
  }

  private void sayAndMark(String line, String mark) {
    screen.say(line);
    if (!mark.isEmpty()) {
      picture.mark(elapsed(), mark);
    }
  }

  /** Draws who has read what, to the file of {@code -Dquickstart.picture=FILE}. */
  private void writePicture() {
    String file = System.getProperty("quickstart.picture", "");
    if (!file.isEmpty()) {
      try {
        Files.writeString(Path.of(file), picture.svg());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
