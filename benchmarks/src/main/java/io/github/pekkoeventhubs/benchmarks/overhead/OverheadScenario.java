// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.overhead;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import java.util.List;

/**
 * Measures the connector's own cost per event, from the receiver to the committer. The events are
 * there already, nothing is stored, and one thread does all of it: events that come from another
 * processor's cache would cost more than the connector does.
 *
 * <p>It runs in a process of its own, with a heap of a fixed size as a service has it: otherwise
 * the figure would depend on what has run before. In a heap that begins small an event costs half
 * as much again.
 */
public final class OverheadScenario implements Scenario {

  /** Nothing becomes faster any more after some fifty million events. */
  private static final int WARM_UPS = 120;

  private static final int QUICK_WARM_UPS = 20;

  @Override
  public String name() {
    return "overhead";
  }

  @Override
  public String description() {
    return "receiver, source and committer alone, events from memory";
  }

  @Override
  public List<Figure> run(Environment environment) {
    int rounds = environment.rounds();
    double[] nanos = new double[rounds];
    double[] bytes = new double[rounds];
    try (JavaProcess process = start(environment)) {
      for (int round = 0; round < rounds; round++) {
        String line = process.nextReport();
        if (line == null) {
          throw new IncorrectResultException("the process has ended after round " + round);
        }
        String[] costs = line.split(" ");
        nanos[round] = Double.parseDouble(costs[0]);
        bytes[round] = Double.parseDouble(costs[1]);
      }
    }
    return List.of(
        Figure.of(name() + ".ns-per-event", Sample.of(nanos), "ns", Goal.atMost(150)),
        Figure.of(name() + ".bytes-per-event", Sample.of(bytes), "B", Goal.atMost(96)));
  }

  private static JavaProcess start(Environment environment) {
    ServicesProcess services = environment.services();
    int warmUps = environment.quick() ? QUICK_WARM_UPS : WARM_UPS;
    return JavaProcess.of(OverheadMain.class)
        .withOptions(
            "-Xms1g", "-Xmx1g", "-Dbenchmark.log=" + environment.folder().resolve("overhead.log"))
        .withArguments(
            services.eventHubs(),
            services.blobs(),
            services.newContainerName(),
            Integer.toString(warmUps),
            Integer.toString(environment.rounds()))
        .withErrorsTo(environment.folder().resolve("overhead.err"))
        .start("overhead");
  }
}
