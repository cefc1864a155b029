// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.steady;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Measures what reading costs at a rate that the machine keeps up with: events of 200 bytes in four
 * partitions. The three consumers read the same events at the same time, each in a process of its
 * own, and are asked at the same moments; so whatever else the machine does affects all of them.
 */
public final class SteadyScenario implements Scenario {

  private static final int PARTITIONS = 4;

  /** The lowest at the end: what is called once per batch is compiled by then, too. */
  private static final int[] RATES = {10_000, 2_000, 500, 50_000};

  private static final int[] QUICK_RATES = {2_000};

  /** At this rate all three do not fit on two cores. */
  private static final int ALONE_FROM = 50_000;

  private static final int WARM_UP_RATE = 10_000;
  private static final int WARM_UP_SECONDS = 60;
  private static final int QUICK_WARM_UP_SECONDS = 8;
  private static final int SETTLING_SECONDS = 5;
  private static final int WINDOWS = 7;
  private static final int QUICK_WINDOWS = 3;
  private static final int WINDOW_SECONDS = 8;
  private static final int QUICK_WINDOW_SECONDS = 3;

  private static final Goal PROCESSOR_TIME_VS_RAW = Goal.atMost(1.3);
  private static final Goal PROCESSOR_TIME_VS_PROCESSOR = Goal.atMost(0.7);
  private static final Goal MEDIAN_VS_RAW = Goal.atMost(1.1);
  private static final Goal SLOWEST_VS_RAW = Goal.atMost(1.3);
  private static final Goal ALLOCATED_VS_RAW = Goal.atMost(1.3);

  @Override
  public String name() {
    return "steady";
  }

  @Override
  public String description() {
    return "processor time, latency and garbage at 500 to 50,000 events a second";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    int[] rates = environment.quick() ? QUICK_RATES : RATES;
    List<Figure> figures = new ArrayList<>();
    try (SteadyProcesses all =
        SteadyProcesses.start(environment, PARTITIONS, List.of(ConsumerKind.values()), "steady")) {
      all.offer(WARM_UP_RATE);
      pause(environment.quick() ? QUICK_WARM_UP_SECONDS : WARM_UP_SECONDS);
      for (int rate : rates) {
        if (rate < ALONE_FROM) {
          figures.addAll(figures(rate, measure(environment, all, rate)));
        }
      }
    }
    for (int rate : rates) {
      if (rate >= ALONE_FROM) {
        figures.addAll(figures(rate, measureInTurn(environment, rate)));
      }
    }
    return figures;
  }

  private static Map<ConsumerKind, List<Usage>> measure(
      Environment environment, SteadyProcesses processes, int rate) throws Exception {
    processes.offer(rate);
    pause(SETTLING_SECONDS);
    processes.usages();
    for (int i = 0; i < windows(environment); i++) {
      pause(environment.quick() ? QUICK_WINDOW_SECONDS : WINDOW_SECONDS);
      processes.record(rate);
    }
    return processes.recorded();
  }

  /** One consumer after the other, each warmed up by itself. */
  private static Map<ConsumerKind, List<Usage>> measureInTurn(Environment environment, int rate)
      throws Exception {
    Map<ConsumerKind, List<Usage>> usages = new EnumMap<>(ConsumerKind.class);
    for (ConsumerKind kind : ConsumerKind.values()) {
      try (SteadyProcesses one =
          SteadyProcesses.start(environment, PARTITIONS, List.of(kind), "steady-" + kind.name())) {
        // A cold raw Flux would fall behind, and lose its position.
        one.offer(WARM_UP_RATE);
        pause(WARM_UP_SECONDS);
        usages.putAll(measure(environment, one, rate));
      }
    }
    return usages;
  }

  private static int windows(Environment environment) {
    return environment.quick() ? QUICK_WINDOWS : WINDOWS;
  }

  private static void pause(int seconds) throws InterruptedException {
    TimeUnit.SECONDS.sleep(seconds);
  }

  private List<Figure> figures(int rate, Map<ConsumerKind, List<Usage>> usages) {
    String prefix = name() + "." + rate + ".";
    return Stream.of(
            compared(
                prefix + "cpu-per-event",
                "ns",
                usages,
                Usage::processorNanosPerEvent,
                PROCESSOR_TIME_VS_RAW,
                PROCESSOR_TIME_VS_PROCESSOR),
            compared(
                prefix + "latency-p50",
                "us",
                usages,
                Usage::medianMicros,
                MEDIAN_VS_RAW,
                Goal.none()),
            compared(
                prefix + "latency-p99",
                "us",
                usages,
                Usage::slowestMicros,
                SLOWEST_VS_RAW,
                Goal.none()),
            compared(
                prefix + "allocated-per-event",
                "B",
                usages,
                Usage::allocatedPerEvent,
                ALLOCATED_VS_RAW,
                Goal.none()))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Figure> compared(
      String name,
      String unit,
      Map<ConsumerKind, List<Usage>> usages,
      ToDoubleFunction<Usage> value,
      Goal versusRaw,
      Goal versusProcessor) {
    double[] connector = values(usages, ConsumerKind.CONNECTOR, value);
    double[] raw = values(usages, ConsumerKind.RAW, value);
    double[] processor = values(usages, ConsumerKind.PROCESSOR, value);
    return List.of(
        Figure.of(name, Sample.of(connector), unit, Goal.none()),
        Figure.of(name + ".raw", Sample.of(raw), unit, Goal.none()),
        Figure.of(name + ".processor", Sample.of(processor), unit, Goal.none()),
        Figure.ratio(name + ".vs-raw", connector, raw, versusRaw),
        Figure.ratio(name + ".vs-processor", connector, processor, versusProcessor));
  }

  private static double[] values(
      Map<ConsumerKind, List<Usage>> usages, ConsumerKind kind, ToDoubleFunction<Usage> value) {
    return Objects.requireNonNull(usages.get(kind)).stream().mapToDouble(value).toArray();
  }
}
