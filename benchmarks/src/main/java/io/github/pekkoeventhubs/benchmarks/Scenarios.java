// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import io.github.pekkoeventhubs.benchmarks.commit.CommitStormScenario;
import io.github.pekkoeventhubs.benchmarks.commit.RequestsPerCheckpointScenario;
import io.github.pekkoeventhubs.benchmarks.consume.ConsumeScenario;
import io.github.pekkoeventhubs.benchmarks.consume.ConsumeScenario.EventSize;
import io.github.pekkoeventhubs.benchmarks.consume.SettingsScenario;
import io.github.pekkoeventhubs.benchmarks.idle.IdleScenario;
import io.github.pekkoeventhubs.benchmarks.memory.StalledMemoryScenario;
import io.github.pekkoeventhubs.benchmarks.moves.HandOverScenario;
import io.github.pekkoeventhubs.benchmarks.moves.PausedNodeScenario;
import io.github.pekkoeventhubs.benchmarks.moves.ScaleScenario;
import io.github.pekkoeventhubs.benchmarks.moves.TakeOverScenario;
import io.github.pekkoeventhubs.benchmarks.overhead.OverheadScenario;
import io.github.pekkoeventhubs.benchmarks.pieces.PiecesScenario;
import io.github.pekkoeventhubs.benchmarks.produce.KeysScenario;
import io.github.pekkoeventhubs.benchmarks.produce.ProduceScenario;
import io.github.pekkoeventhubs.benchmarks.start.StartScenario;
import io.github.pekkoeventhubs.benchmarks.steady.IdleProcessorTimeScenario;
import io.github.pekkoeventhubs.benchmarks.steady.SteadyScenario;
import java.util.List;

/** All scenarios, in the order in which they are run. */
final class Scenarios {

  static final List<Scenario> ALL =
      List.of(
          new ConsumeScenario(EventSize.SMALL, 1),
          new ConsumeScenario(EventSize.SMALL, 4),
          new ConsumeScenario(EventSize.SMALL, 32),
          new ConsumeScenario(EventSize.LARGE, 1),
          new ConsumeScenario(EventSize.LARGE, 4),
          new ConsumeScenario(EventSize.LARGE, 32),
          new SettingsScenario(),
          new ProduceScenario("100B", 100, 300_000),
          new ProduceScenario("1KB", 1024, 100_000),
          new KeysScenario("loopback", 0, 60_000),
          new KeysScenario("10ms", 10, 60_000),
          new OverheadScenario(),
          new SteadyScenario(),
          new PiecesScenario(),
          new RequestsPerCheckpointScenario(),
          new CommitStormScenario(),
          new StalledMemoryScenario(),
          new StartScenario(),
          new HandOverScenario(),
          new ScaleScenario(),
          new TakeOverScenario(),
          new PausedNodeScenario(),
          new IdleScenario(),
          new IdleProcessorTimeScenario());

  private Scenarios() {}

  /**
   * Those whose names are given, or begin with what is given and a dot; where nothing is, all that
   * are meant for such a run.
   *
   * @throws IllegalArgumentException if there is none for one of the names
   */
  static List<Scenario> named(List<String> names, boolean quick) {
    for (String name : names) {
      if (ALL.stream().noneMatch(scenario -> matches(scenario, name))) {
        throw new IllegalArgumentException(
            "There is no scenario '" + name + "'. --list shows those there are.");
      }
    }
    return ALL.stream()
        .filter(
            scenario ->
                names.isEmpty()
                    ? !scenario.isByNameOnly() && (!quick || scenario.isForQuickRuns())
                    : names.stream().anyMatch(name -> matches(scenario, name)))
        .toList();
  }

  private static boolean matches(Scenario scenario, String name) {
    return scenario.name().equals(name) || scenario.name().startsWith(name + ".");
  }
}
