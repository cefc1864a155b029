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
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Reading an event hub of one size of events and one number of partitions, in all the ways. */
public final class ConsumeScenario implements Scenario {

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(5);
  private static final int PROCESSOR_BATCH = 1000;
  private static final int SMALL_BATCH = 100;
  private static final int QUICK_PARTITIONS = 4;

  /** Enough for about a third of a second: events of 100 bytes, of all partitions together. */
  private static final int SMALL_EVENTS = 160 * 1024;

  private static final int LARGE_EVENTS = 80 * 1024;

  private final EventSize size;
  private final int partitions;

  /** The size of the events' bodies. */
  public enum EventSize {
    SMALL("100B", 100, SMALL_EVENTS),
    LARGE("1KB", 1024, LARGE_EVENTS);

    private final String text;
    private final int bytes;
    private final int events;

    EventSize(String text, int bytes, int events) {
      this.text = text;
      this.bytes = bytes;
      this.events = events;
    }
  }

  public ConsumeScenario(EventSize size, int partitions) {
    this.size = size;
    this.partitions = partitions;
  }

  @Override
  public String name() {
    return "consume." + size.text + "." + partitions + "p";
  }

  @Override
  public String description() {
    return "reads " + partitions + " partition(s) with events of " + size.text;
  }

  @Override
  public boolean isForQuickRuns() {
    return partitions == QUICK_PARTITIONS && size == EventSize.SMALL;
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    StoreWarmUp.run(environment);
    ConsumeTask task =
        new ConsumeTask(
            environment.system(),
            environment.services(),
            "hub-" + size.text.toLowerCase(Locale.ROOT) + "-" + partitions,
            partitions,
            environment.scaled(size.events) / partitions / 1024 * 1024);
    environment.services().createEventHub(task.eventHub(), partitions);
    try {
      environment.services().fill(task.eventHub(), task.eventsPerPartition(), size.bytes);
      Contenders contenders = contenders(environment);
      return figures(
          contenders,
          ReadingRounds.measure(
              environment,
              task,
              contenders.of(partitions, environment.quick()),
              environment.rounds()));
    } finally {
      environment.services().deleteEventHub(task.eventHub());
    }
  }

  private Contenders contenders(Environment environment) {
    Tuning equal = new Tuning(ConsumerSettings.create(environment.system()).prefetchCount(), 1);
    UnaryOperator<ConsumerSettings> oneConnection = settings -> settings.withConnections(1);
    return new Contenders(
        new ConnectorReader("connector", false, oneConnection, c -> c),
        new ConnectorReader("partitioned", true, oneConnection, c -> c),
        new ConnectorReader("default", false, settings -> settings, c -> c),
        new ConnectorReader(
            "every-5s", false, settings -> settings, ConsumeScenario::everyFiveSeconds),
        new RawFluxReader("raw", equal),
        new RawFluxReader("raw-default", Tuning.SDK_DEFAULT),
        new ProcessorReader("processor", equal.prefetch(), PROCESSOR_BATCH, CHECKPOINT_INTERVAL),
        new ProcessorReader("processor-100", equal.prefetch(), SMALL_BATCH, Duration.ZERO),
        new FromPublisherReader("from-publisher", equal, CHECKPOINT_INTERVAL),
        new BareAmqpReader("bare-amqp", equal));
  }

  private static CommitterSettings everyFiveSeconds(CommitterSettings settings) {
    return settings
        .withMaxUnwritten(Integer.MAX_VALUE)
        .withMaxBatch(Integer.MAX_VALUE)
        .withMaxInterval(CHECKPOINT_INTERVAL);
  }

  private List<Figure> figures(Contenders contenders, Rounds<Reader> rates) {
    boolean small = size == EventSize.SMALL;
    List<Figure> figures = new ArrayList<>();
    rates.forEach(
        (reader, values) ->
            figures.add(
                Figure.of(
                    name() + ".rate." + reader.name(),
                    Sample.of(values),
                    "events/s",
                    Goal.none())));
    double[] ours = rates.of(contenders.connector());
    double[] oursByDefault = rates.of(contenders.byDefault());
    figures.add(
        Figure.ratio(
            name() + ".vs-raw",
            ours,
            rates.of(contenders.raw()),
            Goal.atLeast(small && partitions > 1 ? 0.90 : 0.95)));
    figures.add(
        Figure.ratio(
            name() + ".vs-raw-default",
            oursByDefault,
            rates.of(contenders.rawByDefault()),
            Goal.atLeast(small && partitions == 4 ? 1.2 : 1.0)));
    figures.add(
        Figure.ratio(
            name() + ".vs-processor",
            rates.of(contenders.everyFiveSeconds()),
            rates.of(contenders.processor()),
            Goal.atLeast(small || partitions == 1 ? 1.0 : 1.05)));
    addIfMeasured(figures, ".vs-processor-100", oursByDefault, rates, contenders.eagerProcessor());
    addIfMeasured(figures, ".vs-from-publisher", ours, rates, contenders.fromPublisher());
    figures.add(
        Figure.ratio(name() + ".vs-bare-amqp", ours, rates.of(contenders.bareAmqp()), Goal.none()));
    figures.add(
        Figure.ratio(
            "partitioned." + size.text + "." + partitions + "p.vs-raw",
            rates.of(contenders.partitioned()),
            rates.of(contenders.raw()),
            Goal.atLeast(0.90)));
    return figures;
  }

  private void addIfMeasured(
      List<Figure> figures, String ratio, double[] ours, Rounds<Reader> rates, Reader other) {
    if (rates.has(other)) {
      figures.add(Figure.ratio(name() + ratio, ours, rates.of(other), Goal.none()));
    }
  }

  /** All that are measured, in the order of the first round. */
  private record Contenders(
      Reader connector,
      Reader partitioned,
      Reader byDefault,
      Reader everyFiveSeconds,
      Reader raw,
      Reader rawByDefault,
      Reader processor,
      Reader eagerProcessor,
      Reader fromPublisher,
      Reader bareAmqp) {

    /**
     * The slowest of them only once. A quick run leaves out those whose figures have no goal and
     * that may hold it up: one is slow, and the other does not read on where the SDK has closed a
     * link because a thread got no processor time for a while (its log: FAIL_OVERFLOW).
     */
    List<Reader> of(int partitions, boolean quick) {
      List<Reader> readers =
          new ArrayList<>(
              List.of(
                  connector,
                  raw,
                  partitioned,
                  byDefault,
                  rawByDefault,
                  everyFiveSeconds,
                  processor,
                  bareAmqp));
      if (!quick) {
        readers.add(fromPublisher);
        if (partitions == QUICK_PARTITIONS) {
          readers.add(eagerProcessor);
        }
      }
      return readers;
    }
  }
}
