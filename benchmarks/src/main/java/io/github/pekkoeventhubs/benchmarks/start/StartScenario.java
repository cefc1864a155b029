// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.start;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.benchmarks.Interleaving;
import io.github.pekkoeventhubs.benchmarks.Rounds;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import java.util.List;

/**
 * Measures the time from the start of a process to its first event, while nobody else is in the
 * consumer group.
 */
public final class StartScenario implements Scenario {

  private static final String EVENT_HUB = "start";
  private static final int PARTITIONS = 4;

  /** Rounds of a start that is only reported, without a goal. */
  private static final int FEW_ROUNDS = 5;

  @Override
  public String name() {
    return "start.first-event";
  }

  @Override
  public String description() {
    return "process start to first event, against the official processor";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    ServicesProcess services = environment.services();
    services.createEventHub(EVENT_HUB, PARTITIONS);
    try {
      services.fill(EVENT_HUB, 10, 100);
      Rounds<StartKind> seconds =
          Interleaving.measure(
              List.of(StartKind.BALANCED, StartKind.PROCESSOR),
              1,
              environment.rounds(),
              kind -> secondsToFirstEvent(environment, kind));
      double[] balanced = seconds.of(StartKind.BALANCED);
      double[] processor = seconds.of(StartKind.PROCESSOR);
      double[] sharded =
          Interleaving.measure(
                  List.of(StartKind.SHARDED),
                  0,
                  Math.min(FEW_ROUNDS, environment.rounds()),
                  kind -> secondsToFirstEvent(environment, kind))
              .of(StartKind.SHARDED);
      return List.of(
          Figure.of(name() + ".balanced", Sample.of(balanced), "s", Goal.none()),
          Figure.of(name() + ".processor", Sample.of(processor), "s", Goal.none()),
          Figure.of(name() + ".sharded", Sample.of(sharded), "s", Goal.none()),
          Figure.ratio(name() + ".vs-processor", balanced, processor, Goal.atMost(1.0)));
    } finally {
      services.deleteEventHub(EVENT_HUB);
    }
  }

  private static double secondsToFirstEvent(Environment environment, StartKind kind) {
    ServicesProcess services = environment.services();
    JavaProcess.Builder builder =
        JavaProcess.of(FirstEventMain.class)
            .withOptions("-Xmx256m", "-Dbenchmark.log=" + environment.folder().resolve("start.log"))
            .withArguments(
                kind.name(),
                services.eventHubs(),
                services.blobs(),
                EVENT_HUB,
                ServicesProcess.CONSUMER_GROUP,
                services.newContainerName())
            .withErrorsTo(environment.folder().resolve("start.err"));
    long begin = System.nanoTime();
    try (JavaProcess process = builder.start("first-event")) {
      for (String line = process.nextReport(); line != null; line = process.nextReport()) {
        if (line.equals(FirstEventMain.FIRST_EVENT)) {
          return (System.nanoTime() - begin) / 1e9;
        }
      }
      throw new IncorrectResultException(kind + " has ended without an event");
    }
  }
}
