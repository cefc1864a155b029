// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.pieces;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.statistics.Interval;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** The small pieces that each event passes, measured by JMH in processes of their own. */
public final class PiecesScenario implements Scenario {

  @Override
  public String name() {
    return "pieces";
  }

  @Override
  public String description() {
    return "acknowledgement trackers, offset batches and the flush policy, by JMH";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    Options options =
        new OptionsBuilder()
            .include("io\\.github\\.pekkoeventhubs\\..*Benchmark\\..*")
            .mode(Mode.AverageTime)
            .timeUnit(java.util.concurrent.TimeUnit.NANOSECONDS)
            .forks(1)
            .warmupIterations(environment.quick() ? 1 : 2)
            .warmupTime(TimeValue.milliseconds(environment.quick() ? 100 : 500))
            .measurementIterations(environment.quick() ? 3 : 6)
            .measurementTime(TimeValue.milliseconds(environment.quick() ? 100 : 500))
            .jvmArgs("-Xmx512m")
            .output(environment.folder().resolve("jmh.log").toString())
            .build();
    Collection<RunResult> results = new Runner(options).run();
    return results.stream().map(this::figure).toList();
  }

  private Figure figure(RunResult result) {
    Result<?> primary = result.getPrimaryResult();
    double[] interval = primary.getScoreConfidence();
    return new Figure(
        name() + "." + name(result),
        primary.getScore(),
        new Interval(Math.max(0, interval[0]), interval[1]),
        (int) primary.getSampleCount(),
        "ns",
        Goal.none());
  }

  private static String name(RunResult result) {
    String[] words = result.getParams().getBenchmark().split("\\.");
    String type = words[words.length - 2].replace("Benchmark", "");
    String parameters =
        result.getParams().getParamsKeys().stream()
            .map(key -> "." + result.getParams().getParam(key))
            .collect(Collectors.joining());
    return (type + "." + words[words.length - 1] + parameters).toLowerCase(Locale.ROOT);
  }
}
