// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedsTest {

  private static final Path SOURCES = Path.of("../connector/src/main/java");
  private static final WorldWorker.Size SMALL = new WorldWorker.Size(2, 2, 100, 4);

  @Test
  void aSeedIsTheSameRunEachTimeAndAnotherSeedIsAnother() {
    WorldWorker worker = new WorkerLoading(Map.of()).load();
    WorldWorker.Outcome first = worker.run(1, SMALL);
    WorldWorker.Outcome second = worker.run(2, SMALL);

    WorldWorker anew = new WorkerLoading(Map.of()).load();

    assertThat(anew.run(2, SMALL)).isEqualTo(second);
    assertThat(anew.run(1, SMALL)).isEqualTo(first);
    assertThat(first.hash()).isNotEqualTo(second.hash());
    assertThat(first.broken()).isEmpty();
  }

  @Test
  void aPlantedFaultIsFoundShrunkAndTold() throws IOException {
    PlantedFault fault =
        new PlantedFault(
            "test",
            "The checkpoint names the next event.",
            List.of(
                new PlantedFault.Passage(
                    "io/github/pekkoeventhubs/store/CheckpointPosition.java",
                    "StoredCheckpoint.entriesOf(sequenceNumber, offset)",
                    "StoredCheckpoint.entriesOf(sequenceNumber + 1, offset)")));
    WorldWorker worker = new WorkerLoading(new FaultCompiler(SOURCES).compiled(fault)).load();

    assertThat(worker.run(1, SMALL).broken()).startsWith("at least once");

    List<String> story = worker.shrunkStory(1, SMALL);
    assertThat(story.get(0))
        .startsWith("seed 1: 1 nodes that share by the store, 1 partitions, 12 events")
        .contains("0 faults");
    assertThat(story).anyMatch(line -> line.contains("BROKEN PROMISE: at least once"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "new Thread(() -> {}).start();",
        "java.util.concurrent.ThreadFactory threads = Thread::new;"
      })
  void aClassThatMakesAThreadIsRefused(String statement) throws IOException {
    PlantedFault fault =
        new PlantedFault(
            "test",
            "A class makes a thread.",
            List.of(
                new PlantedFault.Passage(
                    "io/github/pekkoeventhubs/balanced/BalancingPolicy.java",
                    "    return new Round(self,",
                    "    " + statement + "\n    return new Round(self,")));
    LinkingLoader loader = new LinkingLoader(new FaultCompiler(SOURCES).compiled(fault));

    assertThatThrownBy(() -> loader.loadClass("io.github.pekkoeventhubs.balanced.BalancingPolicy"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("java/lang/Thread.<init>, which no seed decides about");
  }
}
