// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.model;

import io.github.pekkoeventhubs.model.Check.Expectation;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs TLC on one check, in a JVM and a directory of its own, and judges what it printed. */
final class TlcRun {

  private static final Pattern VIOLATED = Pattern.compile("Invariant (\\w+) is violated");
  private static final Pattern COUNTS =
      Pattern.compile("([\\d,]+) distinct states found, ([\\d,]+) states left on queue");
  private static final String COMPLETED = "Model checking completed. No error has been found.";

  private final Path specification;
  private final Path workDirectory;
  private final boolean larger;

  TlcRun(Path specification, Path workDirectory, boolean larger) {
    this.specification = specification;
    this.workDirectory = workDirectory;
    this.larger = larger;
  }

  /**
   * The result of a run.
   *
   * @param asExpected whether the result is the one that the check expects
   * @param finding the result in words
   * @param distinctStates as TLC counted them, or "?"
   * @param output the output of TLC, with the counterexample
   */
  record Result(
      Check check,
      boolean asExpected,
      String finding,
      String distinctStates,
      Duration duration,
      Path output) {}

  Result run(Check check) throws IOException, InterruptedException {
    Path directory = workDirectory.resolve(check.name().replaceAll("\\W+", "-"));
    Files.createDirectories(directory);
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(specification, "*.tla")) {
      for (Path module : modules) {
        Files.copy(module, directory.resolve(module.getFileName()));
      }
    }
    String shared = Files.readString(specification.resolve(check.specification().configuration));
    Files.writeString(
        directory.resolve(check.specification().configuration), configuration(shared, check));
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    Path output = directory.resolve("tlc.out");

    long begin = System.nanoTime();
    Process tlc =
        new ProcessBuilder(command(check, temporary))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended;
    try {
      ended = tlc.waitFor(larger ? 120 : 30, TimeUnit.MINUTES);
    } finally {
      tlc.destroyForcibly();
    }
    Duration duration = Duration.ofNanos(System.nanoTime() - begin);
    return judge(check, ended, Files.readString(output), duration, output);
  }

  private List<String> command(Check check, Path temporary) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        larger ? "-Xmx4g" : "-Xmx1g",
        // TLC asks for this collector, and warns about any other.
        "-XX:+UseParallelGC",
        "-XX:ParallelGCThreads=2",
        // Most runs are over before the optimising compiler has paid for itself.
        "-XX:TieredStopAtLevel=" + (larger ? 4 : 1),
        // TLC unpacks its standard modules there, and two at once would trip over each other.
        "-Djava.io.tmpdir=" + temporary,
        "-cp",
        System.getProperty("java.class.path"),
        "tlc2.TLC",
        // A single worker searches breadth first: the counterexample is the shortest, and the same
        // each time.
        "-workers",
        "1",
        "-metadir",
        "states",
        "-config",
        check.specification().configuration,
        check.specification().module);
  }

  private static String configuration(String shared, Check check) {
    String configuration = shared;
    for (Map.Entry<String, String> constant : check.constants().entrySet()) {
      Matcher line =
          Pattern.compile("(?m)^(  " + constant.getKey() + " (?:=|<-) ).*$").matcher(configuration);
      if (!line.find()) {
        throw new IllegalArgumentException(
            "Check '%s' changes '%s', which %s does not set"
                .formatted(check.name(), constant.getKey(), check.specification().configuration));
      }
      configuration = line.replaceFirst("$1" + Matcher.quoteReplacement(constant.getValue()));
    }
    if (check.invariants().isEmpty()) {
      return configuration;
    }
    String constants = configuration.substring(0, configuration.indexOf("INVARIANTS"));
    return constants + "INVARIANTS\n  " + String.join("\n  ", check.invariants()) + "\n";
  }

  private static Result judge(
      Check check, boolean ended, String printed, Duration duration, Path output) {
    String states = "?";
    boolean complete = false;
    Matcher counts = COUNTS.matcher(printed);
    while (counts.find()) {
      states = counts.group(1);
      complete = ended && counts.group(2).equals("0") && printed.contains(COMPLETED);
    }
    Matcher violated = VIOLATED.matcher(printed);
    if (violated.find()) {
      String invariant = violated.group(1);
      boolean asExpected =
          check.expectation() != Expectation.HOLDS && check.invariants().contains(invariant);
      return new Result(check, asExpected, invariant + " violated", states, duration, output);
    }
    boolean asExpected = complete && check.expectation() == Expectation.HOLDS;
    String finding = complete ? "holds" : ended ? "TLC failed" : "ran out of time";
    return new Result(check, asExpected, finding, states, duration, output);
  }
}
