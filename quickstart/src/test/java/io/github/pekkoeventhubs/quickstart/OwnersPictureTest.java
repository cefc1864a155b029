// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OwnersPictureTest {

  private static PartitionProgress partition(String owner, String state) {
    return new PartitionProgress(
        "0", owner, state, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
  }

  @Test
  void showsBothOwnersAndForHowLongNobodyHasRead() {
    OwnersPicture picture = new OwnersPicture();
    picture.look(Duration.ofSeconds(0), List.of(partition("node 1", "running")));
    picture.look(Duration.ofSeconds(4), List.of(partition("node 1", "running")));
    picture.mark(Duration.ofSeconds(4), "SIGKILL to node 1");
    picture.look(Duration.ofSeconds(5), List.of(partition("node 1 (dead)", "")));
    picture.look(Duration.ofSeconds(10), List.of(partition("node 2", "running")));
    picture.look(Duration.ofSeconds(20), List.of(partition("node 2", "running")));

    assertThat(picture.svg())
        .contains(">node 1<", ">node 2<", ">partition 0<", ">6.0 s<", ">SIGKILL to node 1<")
        .doesNotContain("dead");
  }

  @Test
  void anOwnerThatReconnectsStays() {
    OwnersPicture picture = new OwnersPicture();
    picture.look(Duration.ofSeconds(0), List.of(partition("node 1", "running")));
    picture.look(Duration.ofSeconds(5), List.of(partition("node 1", "reconnecting")));
    picture.look(Duration.ofSeconds(10), List.of(partition("node 1", "running")));

    assertThat(picture.svg())
        .doesNotContainPattern(">[0-9]+[.][0-9] s<")
        .contains("<rect x='96.0'");
  }
}
