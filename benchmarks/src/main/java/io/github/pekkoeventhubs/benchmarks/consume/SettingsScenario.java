// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.Rounds;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The connector with one setting changed at a time: which of them matter, and how much. */
public final class SettingsScenario implements Scenario {

  private static final String EVENT_HUB = "settings";
  private static final int PARTITIONS = 4;
  private static final int EVENTS_PER_PARTITION = 64 * 1024;
  private static final int BODY_BYTES = 100;

  /** Fewer than for a goal: the order of magnitude is what is asked for. */
  private static final int ROUNDS = 9;

  private static final int[] PREFETCHES = {500, 1000, 8000};
  private static final int[] BUFFERS = {250, 1000};
  private static final int[] CONNECTIONS = {1, 4};
  private static final int[] BATCHES = {250, 1000, 10_000};
  private static final int[] INTERVALS_MILLIS = {100, 1000};

  @Override
  public String name() {
    return "settings";
  }

  @Override
  public String description() {
    return "reads 4 partitions of 100B with other settings than the defaults";
  }

  @Override
  public boolean isByNameOnly() {
    return true;
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    StoreWarmUp.run(environment);
    environment.services().createEventHub(EVENT_HUB, PARTITIONS);
    try {
      environment.services().fill(EVENT_HUB, EVENTS_PER_PARTITION, BODY_BYTES);
      Reader defaults = reader("default", settings -> settings, settings -> settings);
      List<Reader> readers = new ArrayList<>(List.of(defaults));
      readers.addAll(variants());
      Rounds<Reader> rates =
          ReadingRounds.measure(
              environment,
              new ConsumeTask(
                  environment.system(),
                  environment.services(),
                  EVENT_HUB,
                  PARTITIONS,
                  EVENTS_PER_PARTITION),
              readers,
              ROUNDS);
      List<Figure> figures = new ArrayList<>();
      rates.forEach(
          (reader, values) -> {
            String prefix = name() + "." + reader.name();
            figures.add(Figure.of(prefix + ".rate", Sample.of(values), "events/s", Goal.none()));
            figures.add(
                Figure.ratio(prefix + ".vs-default", values, rates.of(defaults), Goal.none()));
          });
      return figures;
    } finally {
      environment.services().deleteEventHub(EVENT_HUB);
    }
  }

  private static List<Reader> variants() {
    List<Reader> readers = new ArrayList<>();
    for (int prefetch : PREFETCHES) {
      readers.add(
          consumer("prefetch-count." + prefetch, settings -> settings.withPrefetchCount(prefetch)));
    }
    for (int buffer : BUFFERS) {
      readers.add(
          consumer(
              "max-buffered-events." + buffer, settings -> settings.withMaxBufferedEvents(buffer)));
    }
    for (int connections : CONNECTIONS) {
      readers.add(
          consumer(
              "connections." + connections, settings -> settings.withConnections(connections)));
    }
    for (int batch : BATCHES) {
      readers.add(committer("max-batch." + batch, settings -> settings.withMaxBatch(batch)));
    }
    for (int millis : INTERVALS_MILLIS) {
      readers.add(
          committer(
              "max-interval." + millis + "ms",
              settings ->
                  settings
                      .withMaxUnwritten(Integer.MAX_VALUE)
                      .withMaxBatch(Integer.MAX_VALUE)
                      .withMaxInterval(Duration.ofMillis(millis))));
    }
    return readers;
  }

  private static Reader consumer(String name, UnaryOperator<ConsumerSettings> change) {
    return reader(name, change, settings -> settings);
  }

  private static Reader committer(String name, UnaryOperator<CommitterSettings> change) {
    return reader(name, settings -> settings, change);
  }

  private static Reader reader(
      String name,
      UnaryOperator<ConsumerSettings> consumer,
      UnaryOperator<CommitterSettings> committer) {
    return new ConnectorReader(name, false, consumer, committer);
  }
}
