// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AllocationPolicyTest {

  private static final Set<String> ALL = Set.of("a", "b", "c");

  private final AllocationPolicy policy = new AllocationPolicy(100);

  @Test
  void aPartitionGoesToTheActiveNodeWithTheFewest() {
    Map<String, List<String>> held =
        Map.of("a", List.of("0", "1"), "b", List.of("2"), "c", List.of());
    assertThat(policy.allocate(held, Set.of("a", "b"))).isEqualTo("b");
    assertThat(policy.allocate(held, Set.of())).isNull();
  }

  @Test
  void aNodeThatJoinsGetsItsShareWithTheFewestMoves() {
    Map<String, List<String>> held =
        Map.of("a", List.of("0", "1", "2", "3"), "b", List.of("4", "5", "6", "7"), "c", List.of());
    assertThat(policy.moves(held, ALL, ALL, id -> true)).hasSize(2);
    assertThat(policy.moves(held, ALL, ALL, id -> false)).isEmpty();
  }

  @Test
  void allLeaveANodeWithoutAStreamThoughTheyHaveJustArrived() {
    Map<String, List<String>> held = Map.of("a", List.of("0", "1"), "b", List.of("2", "3"));
    assertThat(policy.moves(held, Set.of("a"), ALL, id -> false))
        .containsExactlyInAnyOrder("2", "3");
  }

  @Test
  void noneIsMovedAwayFromANodeThatIsGone() {
    Map<String, List<String>> held =
        Map.of("a", List.of("0", "1"), "b", List.of("2", "3"), "c", List.of("4"));
    assertThat(policy.moves(held, Set.of("a", "c"), Set.of("a", "c"), id -> true)).isEmpty();
  }
}
