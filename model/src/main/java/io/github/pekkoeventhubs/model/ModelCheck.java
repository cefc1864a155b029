// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.model;

import io.github.pekkoeventhubs.model.Check.Expectation;
import io.github.pekkoeventhubs.model.TlcRun.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Runs every check and prints a table; exits with 1 unless each came out as expected.
 *
 * <p>Arguments: the directory of the specification, and a directory to work in, which is emptied
 * first. The system property {@code model.long} adds larger bounds.
 */
public final class ModelCheck {

  private static final int RUNS_AT_ONCE = 2;
  private static final String ROW = "%-8s  %-62s  %-36s  %9s  %7s%s%n";

  private ModelCheck() {}

  /** Entry point of the build. */
  public static void main(String[] arguments) throws Exception {
    Path specification = Path.of(arguments[0]);
    Path workDirectory = Path.of(arguments[1]).toAbsolutePath();
    boolean larger = Boolean.getBoolean("model.long");
    empty(workDirectory);

    List<Check> checks = new ArrayList<>(Checks.protocol());
    checks.addAll(Checks.wrongVariants());
    checks.addAll(Checks.wrongVariantsOfClaims());
    checks.addAll(Checks.wrongVariantsOfTokens());
    checks.addAll(Checks.probes());
    checks.addAll(Checks.limits());
    if (larger) {
      checks.addAll(Checks.protocolWithLargerBounds());
    }
    TlcRun tlc = new TlcRun(specification, workDirectory, larger);

    List<Result> results = run(tlc, checks);
    printFigures(results);
    if (!results.stream().allMatch(Result::asExpected)) {
      System.exit(1);
    }
  }

  private static List<Result> run(TlcRun tlc, List<Check> checks)
      throws InterruptedException, ExecutionException {
    System.out.printf(ROW, "expected", "check", "found", "states", "seconds", "");
    ExecutorService executor = Executors.newFixedThreadPool(RUNS_AT_ONCE);
    try {
      List<Future<Result>> runs = new ArrayList<>();
      for (Check check : checks) {
        runs.add(executor.submit(() -> tlc.run(check)));
      }
      List<Result> results = new ArrayList<>();
      for (Future<Result> run : runs) {
        Result result = run.get();
        printRow(result);
        results.add(result);
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  private static void printRow(Result result) {
    System.out.printf(
        ROW,
        result.check().expectation().name().toLowerCase(Locale.ROOT),
        result.check().name(),
        result.finding(),
        result.distinctStates(),
        String.format(Locale.ROOT, "%.1f", result.duration().toMillis() / 1000.0),
        result.asExpected() ? "" : "  NOT AS EXPECTED, see " + result.output());
  }

  private static void printFigures(List<Result> results) {
    List<Result> variants =
        results.stream()
            .filter(result -> result.check().expectation() == Expectation.REFUTED)
            .toList();
    boolean holds =
        results.stream()
            .filter(result -> result.check().expectation() != Expectation.REFUTED)
            .allMatch(Result::asExpected);
    System.out.println("figure model.protocol " + (holds ? "holds" : "not shown to hold"));
    System.out.println("figure model.variants " + variants.size());
    System.out.println(
        "figure model.refuted " + variants.stream().filter(Result::asExpected).count());
  }

  private static void empty(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(ModelCheck::delete);
      }
    }
    Files.createDirectories(directory);
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
