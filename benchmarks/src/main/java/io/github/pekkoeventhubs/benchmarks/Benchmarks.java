// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.FigureFiles;
import io.github.pekkoeventhubs.benchmarks.figures.FigureTable;
import io.github.pekkoeventhubs.benchmarks.figures.KeptRuns;
import io.github.pekkoeventhubs.benchmarks.plots.Plots;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;

/** Runs the scenarios that are asked for and writes the results. */
public final class Benchmarks {

  private static final int SUCCESS = 0;
  private static final int WRONG = 1;
  private static final int USAGE = 2;
  private static final int MISSED = 3;

  private final BenchmarkArguments arguments;
  private final PrintStream out;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  private Benchmarks(BenchmarkArguments arguments, PrintStream out) {
    this.arguments = arguments;
    this.out = out;
  }

  public static void main(String[] words) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.exit(run(words, out));
  }

  private static int run(String[] words, PrintStream out) throws Exception {
    BenchmarkArguments arguments;
    List<Scenario> scenarios;
    try {
      arguments = BenchmarkArguments.parse(words);
      scenarios = Scenarios.named(arguments.scenarios(), arguments.quick());
    } catch (IllegalArgumentException wrong) {
      out.println(wrong.getMessage());
      out.println("--help lists the options.");
      return USAGE;
    }
    if (arguments.help()) {
      out.print(BenchmarkArguments.USAGE);
      return SUCCESS;
    }
    if (arguments.runs().isPresent()) {
      return compare(arguments.runs().get(), out);
    }
    if (arguments.list()) {
      Scenarios.ALL.forEach(
          scenario -> out.printf("%-24s %s%n", scenario.name(), scenario.description()));
      return SUCCESS;
    }
    return new Benchmarks(arguments, out).run(scenarios);
  }

  private static int compare(Path runs, PrintStream out) throws IOException {
    try {
      out.print(KeptRuns.read(runs).table());
      return SUCCESS;
    } catch (IllegalArgumentException wrong) {
      out.println(wrong.getMessage());
    } catch (NoSuchFileException missing) {
      out.println("There is no folder " + missing.getFile() + ".");
    }
    return USAGE;
  }

  private int run(List<Scenario> scenarios) throws Exception {
    Files.createDirectories(arguments.folder());
    System.setProperty("benchmark.log", arguments.folder().resolve("benchmark.log").toString());
    ActorSystem system = ActorSystem.create("benchmarks");
    try (ServicesProcess services = ServicesProcess.start(arguments.folder())) {
      Environment environment =
          new Environment(system, services, arguments.folder(), arguments.quick());
      for (Scenario scenario : scenarios) {
        if (!scenario.mostlyWaits()) {
          measure(scenario, environment);
        }
      }
      measureBesideEachOther(
          scenarios.stream().filter(Scenario::mostlyWaits).toList(), environment);
    } finally {
      system.terminate();
    }
    report();
    return status();
  }

  private void measureBesideEachOther(List<Scenario> scenarios, Environment environment)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      Thread thread = new Thread(() -> measure(scenario, environment), scenario.name());
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void measure(Scenario scenario, Environment environment) {
    long begin = System.nanoTime();
    out.println("== " + scenario.name() + ": " + scenario.description());
    List<Figure> measured = List.of();
    Optional<Exception> failure = Optional.empty();
    try {
      measured = scenario.run(environment);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = Optional.of(e);
    } catch (Exception e) {
      failure = Optional.of(e);
    }
    record(scenario, measured, failure, Duration.ofNanos(System.nanoTime() - begin));
  }

  private synchronized void record(
      Scenario scenario, List<Figure> measured, Optional<Exception> failure, Duration took) {
    measured.forEach(figure -> out.println(FigureTable.line(figure)));
    figures.addAll(measured);
    failure.ifPresent(
        exception -> {
          failures.add(scenario.name() + ": " + exception);
          exception.printStackTrace(out);
        });
    out.println("   " + scenario.name() + " took " + took.toSeconds() + " s");
  }

  private void report() throws IOException {
    FigureFiles.write(arguments.folder(), figures, machine());
    Plots.write(arguments.folder(), figures);
    out.println();
    machine().forEach((what, value) -> out.println(what + ": " + value));
    out.println();
    out.print(FigureTable.of(figures));
    failures.forEach(failure -> out.println("FAILED " + failure));
  }

  private int status() {
    if (!failures.isEmpty()) {
      return WRONG;
    }
    if (arguments.quick()) {
      return figures.stream().anyMatch(Figure::isFarOff) ? WRONG : SUCCESS;
    }
    return figures.stream().allMatch(Figure::reachesGoal) ? SUCCESS : MISSED;
  }

  private Map<String, String> machine() {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put(
        "Java",
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    machine.put("run", arguments.quick() ? "quick" : "full");
    return machine;
  }
}
