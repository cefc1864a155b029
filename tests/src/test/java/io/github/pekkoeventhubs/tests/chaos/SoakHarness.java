// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.nodes.Figures;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Performs a soak, prints what it has shown, and keeps all samples beside the logs of the nodes.
 */
final class SoakHarness {

  private static final double MEGA = 1 << 20;

  private final SoakPlan plan;
  private final Path folder;

  SoakHarness(long seed, Duration length) {
    plan = SoakPlan.of(seed, length);
    folder = Path.of("target", "node-logs", "soak-" + seed);
  }

  SoakResult execute() {
    try (NodeJvms jvms = new NodeJvms(folder);
        SoakRun run = new SoakRun(plan, jvms)) {
      SoakResult result = run.execute();
      keep(run.allSamples());
      System.out.printf(
          Locale.ROOT,
          "soak of seed %d: %d min, faults hit: %s%n",
          plan.seed(),
          plan.length().toMinutes(),
          run.faults());
      print(result);
      result.violations().forEach(violation -> System.out.println("  " + violation));
      return result;
    }
  }

  private void print(SoakResult result) {
    Figures.print("soak.minutes", plan.length().toMinutes());
    Figures.print("soak.faults", plan.faults().size());
    Figures.print("soak.faults-hit", result.faults());
    Figures.print("soak.kinds-hit", result.kindsHit().size());
    Figures.print("soak.processed", result.processed());
    Figures.print("soak.duplicates", result.repeated());
    Figures.print("soak.stream-failures", result.streamFailures());
    Figures.print("soak.stall-max.seconds", result.verdict().longestPause());
    for (HeldResource resource : HeldResource.values()) {
      if (resource == HeldResource.HEAP) {
        print("soak.heap.growth.kB", result.verdict().growth(resource) / 1e3);
        print("soak.heap.max.MB", result.verdict().max(resource) / MEGA);
      } else {
        print("soak." + resource.figure() + ".growth", result.verdict().growth(resource));
        Figures.print("soak." + resource.figure() + ".max", result.verdict().max(resource));
      }
    }
    result
        .verdict()
        .samples()
        .forEach(
            (node, samples) -> {
              print("soak.resident.first.MB." + node, resident(samples.get(0)));
              print("soak.resident.last.MB." + node, resident(samples.get(samples.size() - 1)));
            });
  }

  private static double resident(SoakSample sample) {
    return sample.resources().residentBytes() / MEGA;
  }

  private static void print(String name, double value) {
    System.out.printf(Locale.ROOT, "figure %s %.1f%n", name, value);
  }

  private void keep(Map<String, List<SoakSample>> samples) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "node,seconds,heap,resident,threads,open files,sockets,series,series of others,connections");
    samples.forEach((node, held) -> held.forEach(sample -> lines.add(line(node, sample))));
    try {
      Files.write(folder.resolve("samples.csv"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(String node, SoakSample sample) {
    Resources held = sample.resources();
    return node
        + String.format(Locale.ROOT, ",%.1f", sample.at().toMillis() / 1e3)
        + ","
        + held.heapBytes()
        + ","
        + held.residentBytes()
        + ","
        + held.threads()
        + ","
        + held.openFiles()
        + ","
        + held.sockets()
        + ","
        + held.series()
        + ","
        + held.seriesOfOthers()
        + ","
        + sample.connections();
  }
}
