// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.steady;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Measures the processor time of a process that owns 32 partitions in which nothing happens. */
public final class IdleProcessorTimeScenario implements Scenario {

  private static final int PARTITIONS = 32;
  private static final int WARM_UP_SECONDS = 60;
  private static final int SECONDS = 120;

  @Override
  public String name() {
    return "steady.32p-idle";
  }

  @Override
  public String description() {
    return "processor time while nothing happens, 32 partitions";
  }

  @Override
  public boolean isForQuickRuns() {
    return false;
  }

  @Override
  public boolean mostlyWaits() {
    return true;
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    try (SteadyProcesses all =
        SteadyProcesses.start(
            environment, PARTITIONS, List.of(ConsumerKind.values()), "steady-idle")) {
      // Silence from the beginning would leave code that runs once a minute to the interpreter.
      all.offer(1000);
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      all.offer(0);
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      all.usages();
      TimeUnit.SECONDS.sleep(SECONDS);
      Map<ConsumerKind, Usage> usages = all.usages();
      double connector = millisPerMinute(usages, ConsumerKind.CONNECTOR);
      double raw = millisPerMinute(usages, ConsumerKind.RAW);
      double processor = millisPerMinute(usages, ConsumerKind.PROCESSOR);
      String cpu = name() + ".cpu";
      return List.of(
          Figure.of(cpu, connector, "ms/min", Goal.none()),
          Figure.of(cpu + ".raw", raw, "ms/min", Goal.none()),
          Figure.of(cpu + ".processor", processor, "ms/min", Goal.none()),
          Figure.of(cpu + ".vs-raw", connector / raw, "ratio", Goal.atMost(1.2)),
          Figure.of(cpu + ".vs-processor", connector / processor, "ratio", Goal.none()));
    }
  }

  private static double millisPerMinute(Map<ConsumerKind, Usage> usages, ConsumerKind kind) {
    return Objects.requireNonNull(usages.get(kind)).processorNanos() / 1e6 * 60 / SECONDS;
  }
}
