// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.simulation.link.WorldWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs worlds for those outside of the loader. */
public final class Worker implements WorldWorker {

  /** Made by its name. */
  public Worker() {}

  @Override
  public Outcome run(long seed, Size size) {
    SeedRun.Result result = SeedRun.of(scenario(seed, size), null);
    Violation broken = result.broken();
    return new Outcome(
        result.hash(),
        result.steps(),
        result.repeated(),
        result.requests(),
        broken == null ? "" : String.valueOf(broken.getMessage()));
  }

  @Override
  public List<String> story(long seed, Size size) {
    return story(scenario(seed, size));
  }

  @Override
  public List<String> shrunkStory(long seed, Size size) {
    SeededScenario scenario = scenario(seed, size);
    Violation broken = SeedRun.of(scenario, null).broken();
    if (broken == null) {
      return List.of("seed " + seed + " breaks no promise");
    }
    SeededScenario smallest = new Shrinking(scenario, broken.promise()).smallest();
    List<String> story = new ArrayList<>();
    story.add(smallest.inWords());
    story.addAll(story(smallest));
    return story;
  }

  @Override
  public void scale(int nodes, int partitions, boolean sharded, Consumer<String> out) {
    ScaleRun.run(SeededScenario.large(1, sharded, nodes, partitions), out);
  }

  private static List<String> story(SeededScenario scenario) {
    List<String> lines = new ArrayList<>();
    SeedRun.of(scenario, lines::add);
    return lines;
  }

  private static SeededScenario scenario(long seed, Size size) {
    return SeededScenario.of(seed, size);
  }
}
