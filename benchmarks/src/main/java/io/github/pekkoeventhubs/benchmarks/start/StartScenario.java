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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the time from the start of a process to its first event, while nobody else is in the
 * consumer group.
 */
public final class StartScenario implements Scenario {

  private static final String EVENT_HUB = "start";
  private static final int PARTITIONS = 4;

  /** Rounds of a start that is only reported. */
  private static final int FEW_ROUNDS = 5;

  private static final Duration ARCHIVING = Duration.ofMinutes(1);

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
      List<Figure> figures = new ArrayList<>();
      double[] processor = starts(environment, figures);
      if (!environment.quick()) {
        archivedStarts(environment, processor, figures);
      }
      return figures;
    } finally {
      services.deleteEventHub(EVENT_HUB);
    }
  }

  private double[] starts(Environment environment, List<Figure> figures) throws Exception {
    Rounds<StartKind> seconds =
        Interleaving.measure(
            List.of(StartKind.values()),
            StartKind::name,
            environment.quick() ? 0 : 1,
            environment.quick() ? 1 : environment.rounds(),
            kind -> secondsToFirstEvent(environment, kind, List.of()));
    double[] balanced = seconds.of(StartKind.BALANCED);
    double[] sharded = seconds.of(StartKind.SHARDED);
    double[] processor = seconds.of(StartKind.PROCESSOR);
    figures.addAll(
        List.of(
            Figure.of(name() + ".balanced", Sample.of(balanced), "s", Goal.none()),
            Figure.of(name() + ".processor", Sample.of(processor), "s", Goal.none()),
            Figure.of(name() + ".sharded", Sample.of(sharded), "s", Goal.none()),
            Figure.ratio(name() + ".vs-processor", balanced, processor, Goal.atMost(0.9)),
            Figure.ratio(name() + ".sharded.vs-processor", sharded, processor, Goal.atMost(1.0))));
    return processor;
  }

  /** With the classes of an earlier start in an archive, as docs/performance.md shows. */
  private void archivedStarts(Environment environment, double[] processor, List<Figure> figures)
      throws Exception {
    for (StartKind kind : List.of(StartKind.BALANCED, StartKind.SHARDED)) {
      Path archive = environment.folder().resolve(kind + ".jsa");
      try (JavaProcess process = start(environment, kind, "-XX:ArchiveClassesAtExit=" + archive)) {
        awaitFirstEvent(kind, process);
        process.terminate();
        process.awaitEnd(ARCHIVING);
      }
      List<String> archived = List.of("-XX:SharedArchiveFile=" + archive);
      double[] seconds =
          Interleaving.measure(
                  List.of(kind),
                  StartKind::name,
                  1,
                  FEW_ROUNDS,
                  same -> secondsToFirstEvent(environment, same, archived))
              .of(kind);
      String figure = name() + "." + kind.name().toLowerCase(Locale.ROOT) + ".archived";
      figures.add(Figure.of(figure, Sample.of(seconds), "s", Goal.none()));
      figures.add(
          Figure.of(
              figure + ".vs-processor",
              Sample.of(seconds).median() / Sample.of(processor).median(),
              "ratio",
              Goal.none()));
    }
  }

  private static double secondsToFirstEvent(
      Environment environment, StartKind kind, List<String> options) {
    long begin = System.nanoTime();
    try (JavaProcess process = start(environment, kind, options.toArray(new String[0]))) {
      awaitFirstEvent(kind, process);
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  private static JavaProcess start(Environment environment, StartKind kind, String... options) {
    ServicesProcess services = environment.services();
    return JavaProcess.of(FirstEventMain.class)
        .withOptions("-Xmx256m", "-Dbenchmark.log=" + environment.folder().resolve("start.log"))
        .withOptions(options)
        .withArguments(
            kind.name(),
            services.eventHubs(),
            services.blobs(),
            EVENT_HUB,
            ServicesProcess.CONSUMER_GROUP,
            services.newContainerName())
        .withErrorsTo(environment.folder().resolve("start.err"))
        .start("first-event");
  }

  private static void awaitFirstEvent(StartKind kind, JavaProcess process) {
    for (String line = process.nextReport(); line != null; line = process.nextReport()) {
      if (line.equals(FirstEventMain.FIRST_EVENT)) {
        return;
      }
    }
    throw new IncorrectResultException(kind + " has ended without an event");
  }
}
