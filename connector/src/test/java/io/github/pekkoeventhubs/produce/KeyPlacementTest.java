// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyPlacementTest {

  private final KeyPlacement placement = new KeyPlacement();

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  @Test
  void isUnknownUntilThePartitionsAreTold() {
    assertThat(placement.isKnown()).isFalse();

    assertThat(placement.partitionsAre(ids(3))).isTrue();

    assertThat(placement.isKnown()).isTrue();
    assertThat(placement.partitions()).isEqualTo(3);
  }

  @Test
  void partitionsCountInTheOrderOfTheirNumbers() {
    placement.partitionsAre(List.of("10", "9", "8", "7", "6", "5", "4", "3", "2", "1", "0"));

    assertThat(placement.of("7"))
        .isEqualTo(Destination.keysOf(String.valueOf(KeyHash.partitionIndex("7", 11))));
  }

  @Test
  void theSamePartitionsAgainAreNoChange() {
    placement.partitionsAre(ids(3));

    assertThat(placement.partitionsAre(List.of("2", "1", "0"))).isFalse();
    assertThat(placement.partitionsAre(ids(4))).isTrue();
  }

  @Test
  void newPartitionsGetTheirShareOfTheKeys() {
    placement.partitionsAre(ids(4));
    placement.partitionsAre(ids(8));

    long partitions =
        IntStream.range(0, 1000).mapToObj(i -> placement.of("key " + i)).distinct().count();
    assertThat(partitions).isEqualTo(8);
  }
}
