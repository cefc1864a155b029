// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StartDutyTest {

  private static final List<String> PARTITIONS =
      IntStream.range(0, 1000).mapToObj(Integer::toString).toList();

  @Test
  void eachPartitionIsLookedAfterByOneOfTheActiveNodes() {
    List<String> nodes = List.of("c", "a", "d", "b");
    assertThat(PARTITIONS)
        .allSatisfy(
            partition ->
                assertThat(nodes)
                    .filteredOn(self -> new StartDuty<>(nodes, self).isOurs(partition))
                    .hasSize(1));
  }

  @Test
  void allOfThemHaveSomethingToDo() {
    List<String> nodes = List.of("a", "b", "c", "d");
    assertThat(nodes)
        .allSatisfy(
            self ->
                assertThat(PARTITIONS)
                    .filteredOn(new StartDuty<>(nodes, self)::isOurs)
                    .hasSizeBetween(150, 350));
  }

  @Test
  void aNodeThatIsAloneOrNotKnownToBeActiveLooksAfterAll() {
    assertThat(PARTITIONS).allMatch(new StartDuty<>(List.of("a"), "a")::isOurs);
    assertThat(PARTITIONS).allMatch(new StartDuty<>(List.of("a", "b"), "c")::isOurs);
    assertThat(PARTITIONS).allMatch(new StartDuty<>(List.<String>of(), "a")::isOurs);
  }
}
