// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.moves;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.moves.TakeOver.Afterwards;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * How long it takes after SIGKILL of one of two nodes until all partitions are processed again,
 * with this connector and with the official processor; and with this connector, if a new process
 * comes in the place of the killed one, as a platform starts it.
 *
 * <p>With its defaults the processor waits for minutes, and does next to nothing meanwhile: all of
 * its measurements run at the same time, beside the others.
 */
public final class TakeOverScenario implements Scenario {

  private static final String CONNECTOR = "recommended-node.conf";
  private static final String SOONEST = "soonest-node.conf";
  private static final Duration FEED_INTERVAL = Duration.ofMillis(50);
  private static final Duration FEED_INTERVAL_OF_MANY = Duration.ofMillis(200);
  private static final double GOAL_SECONDS = 15;
  private static final double GOAL_SECONDS_SOONEST = 6;
  private static final double GOAL_RATIO = 0.25;

  /** A node that has not seen the crash may take this much longer than one that has. */
  private static final double GOAL_SECONDS_OF_REPLACEMENT = 3;

  /** Groups that the machine can start at the same time without being measured itself. */
  private static final int AT_ONCE = 3;

  /** Starting is what keeps the processor busy. */
  private static final int STARTING_AT_ONCE = 2;

  /** Rounds of a take-over with the settings that make it as soon as it can be. */
  private static final int FASTEST_ROUNDS = 5;

  @Override
  public String name() {
    return "takeover";
  }

  @Override
  public String description() {
    return "SIGKILL to one of two nodes until its partitions are processed again";
  }

  @Override
  public boolean mostlyWaits() {
    return true;
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    int pairs = environment.quick() ? 1 : environment.rounds();
    int processorRounds = environment.quick() ? 0 : pairs;
    ExecutorService many = Executors.newFixedThreadPool(pairs);
    ExecutorService few = Executors.newFixedThreadPool(AT_ONCE);
    Semaphore starting = new Semaphore(STARTING_AT_ONCE);
    try (NodeJvms jvms = new NodeJvms(environment.folder().resolve(name()))) {
      List<Future<TakeOver>> processors = new ArrayList<>();
      for (int i = 0; i < processorRounds; i++) {
        processors.add(
            many.submit(
                () ->
                    TakeOver.measured(
                        "official-processor-defaults.conf",
                        FEED_INTERVAL_OF_MANY,
                        jvms,
                        starting,
                        Afterwards.NOBODY_COMES)));
      }
      List<Future<TakeOver>> connectors = new ArrayList<>();
      List<Future<TakeOver>> replaced = new ArrayList<>();
      List<Future<TakeOver>> soonest = new ArrayList<>();
      List<Future<TakeOver>> fastest = new ArrayList<>();
      for (int i = 0; i < pairs; i++) {
        connectors.add(submit(few, CONNECTOR, jvms, starting, Afterwards.NOBODY_COMES));
        // Three processes more, for which a quick run would wait: a test does the same.
        if (!environment.quick()) {
          replaced.add(submit(few, CONNECTOR, jvms, starting, Afterwards.A_REPLACEMENT_COMES));
        }
        if (i < FASTEST_ROUNDS) {
          soonest.add(submit(few, SOONEST, jvms, starting, Afterwards.NOBODY_COMES));
        }
        if (i < Math.min(FASTEST_ROUNDS, processorRounds)) {
          fastest.add(
              submit(
                  few, "official-processor-fastest.conf", jvms, starting, Afterwards.NOBODY_COMES));
        }
      }
      List<Figure> figures = new ArrayList<>();
      figures.addAll(figures(ended(connectors), ended(processors), ended(fastest)));
      figures.addAll(figures(".killed.soonest", ended(soonest), Goal.atMost(GOAL_SECONDS_SOONEST)));
      if (!replaced.isEmpty()) {
        figures.addAll(replacement(ended(replaced), ended(connectors)));
      }
      return figures;
    } finally {
      many.shutdownNow();
      few.shutdownNow();
    }
  }

  private static Future<TakeOver> submit(
      ExecutorService executor,
      String configuration,
      NodeJvms jvms,
      Semaphore starting,
      Afterwards afterwards) {
    return executor.submit(
        () -> TakeOver.measured(configuration, FEED_INTERVAL, jvms, starting, afterwards));
  }

  private List<Figure> replacement(List<TakeOver> replaced, List<TakeOver> connectors) {
    double goal = Sample.of(seconds(connectors)).median() + GOAL_SECONDS_OF_REPLACEMENT;
    long partitions = replaced.stream().mapToLong(TakeOver::partitions).sum();
    long byReplacement = replaced.stream().mapToLong(TakeOver::byReplacement).sum();
    List<Figure> figures = new ArrayList<>(figures(".replacement", replaced, Goal.atMost(goal)));
    figures.add(
        Figure.of(
            name() + ".replacement.share",
            (double) byReplacement / partitions,
            "ratio",
            Goal.none()));
    return figures;
  }

  private List<Figure> figures(
      List<TakeOver> connectors, List<TakeOver> processors, List<TakeOver> fastest) {
    List<Figure> figures = new ArrayList<>();
    figures.addAll(figures(".killed", connectors, Goal.atMost(GOAL_SECONDS)));
    if (!processors.isEmpty()) {
      figures.addAll(figures(".killed.processor", processors, Goal.none()));
      figures.add(
          Figure.ratio(
              name() + ".vs-processor",
              seconds(connectors),
              seconds(processors),
              Goal.atMost(GOAL_RATIO)));
    }
    if (!fastest.isEmpty()) {
      figures.addAll(figures(".killed.processor-fastest", fastest, Goal.none()));
      figures.add(
          Figure.ratio(
              name() + ".vs-processor-fastest",
              seconds(connectors.subList(0, fastest.size())),
              seconds(fastest),
              Goal.none()));
    }
    return figures;
  }

  private List<Figure> figures(String suffix, List<TakeOver> takeOvers, Goal goal) {
    double duplicates = takeOvers.stream().mapToLong(TakeOver::duplicates).average().orElse(0);
    return List.of(
        Figure.of(name() + suffix, Sample.of(seconds(takeOvers)), "s", goal),
        Figure.of(name() + suffix + ".duplicates", duplicates, "events", Goal.none()));
  }

  private static double[] seconds(List<TakeOver> takeOvers) {
    return takeOvers.stream().mapToDouble(TakeOver::seconds).toArray();
  }

  private static List<TakeOver> ended(List<Future<TakeOver>> futures)
      throws ExecutionException, InterruptedException {
    List<TakeOver> ended = new ArrayList<>();
    for (Future<TakeOver> future : futures) {
      ended.add(future.get());
    }
    return ended;
  }
}
