// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class AllocationPolicyTest {

  /**
   * @param active the nodes that run a stream
   * @param young partitions that were moved just now
   */
  record Cluster(Map<String, List<String>> held, Set<String> active, Set<String> young) {

    boolean mayMove(String partition) {
      return !young.contains(partition);
    }

    Map<String, List<String>> heldByActive() {
      Map<String, List<String>> result = new HashMap<>(held);
      result.keySet().retainAll(active);
      return result;
    }

    int size() {
      return held.values().stream().mapToInt(List::size).sum();
    }

    Set<String> heldByInactive() {
      Set<String> result = new HashSet<>();
      held.forEach(
          (node, partitions) -> {
            if (!active.contains(node)) {
              result.addAll(partitions);
            }
          });
      return result;
    }

    /** After all moves, each of which goes where {@code policy} allocates it. */
    Cluster after(Set<String> moves, AllocationPolicy policy) {
      Map<String, List<String>> next = new HashMap<>();
      held.forEach((node, partitions) -> next.put(node, new ArrayList<>(partitions)));
      next.values().forEach(partitions -> partitions.removeAll(moves));
      for (String partition : moves) {
        String node = policy.allocate(next, active);
        assertThat(node).isNotNull();
        next.getOrDefault(node, new ArrayList<>()).add(partition);
      }
      return new Cluster(next, active, young);
    }
  }

  @Provide
  Arbitrary<Cluster> clusters() {
    Arbitrary<List<Integer>> sizes = Arbitraries.integers().between(0, 12).list().ofMaxSize(6);
    return Combinators.combine(
            sizes, Arbitraries.integers().between(0, 63), Arbitraries.longs(), Arbitraries.of(0, 2))
        .as(AllocationPolicyTest::cluster);
  }

  private static Cluster cluster(List<Integer> sizes, int activeBits, long seed, int youngOfThree) {
    Map<String, List<String>> held = new LinkedHashMap<>();
    Set<String> active = new HashSet<>();
    Set<String> young = new HashSet<>();
    java.util.Random random = new java.util.Random(seed);
    int partition = 0;
    for (int node = 0; node < sizes.size(); node++) {
      List<String> partitions = new ArrayList<>();
      for (int i = 0; i < sizes.get(node); i++) {
        String id = Integer.toString(partition++);
        partitions.add(id);
        if (random.nextInt(3) < youngOfThree) {
          young.add(id);
        }
      }
      held.put("node-" + node, partitions);
      if ((activeBits & (1 << node)) != 0) {
        active.add("node-" + node);
      }
    }
    return new Cluster(held, active, young);
  }

  private static int fewest(Map<String, List<String>> held) {
    return held.values().stream().mapToInt(List::size).min().orElse(0);
  }

  private static int most(Map<String, List<String>> held) {
    return held.values().stream().mapToInt(List::size).max().orElse(0);
  }

  @Property
  void aPartitionIsGivenToTheActiveNodeWithTheFewest(@ForAll("clusters") Cluster cluster) {
    String node = new AllocationPolicy(100).allocate(cluster.held(), cluster.active());

    if (cluster.active().isEmpty()) {
      assertThat(node).isNull();
    } else {
      assertThat(cluster.active()).contains(node);
      assertThat(cluster.held().get(node)).hasSize(fewest(cluster.heldByActive()));
    }
  }

  @Property
  void withoutActiveNodesNothingMoves(@ForAll("clusters") Cluster cluster) {
    assertThat(new AllocationPolicy(100).moves(cluster.held(), Set.of(), each -> true)).isEmpty();
  }

  @Property
  void whatAnInactiveNodeHoldsLeavesItWhateverTheLimits(
      @ForAll("clusters") Cluster cluster, @ForAll @IntRange(max = 3) int maxMoves) {
    Assume.that(!cluster.active().isEmpty());

    Set<String> moves =
        new AllocationPolicy(maxMoves).moves(cluster.held(), cluster.active(), each -> false);

    assertThat(moves).isEqualTo(cluster.heldByInactive());
  }

  @Property
  void oneRoundBalancesWhatMayMove(@ForAll("clusters") Cluster cluster) {
    Assume.that(!cluster.active().isEmpty());
    AllocationPolicy policy = new AllocationPolicy(100);

    Set<String> moves = policy.moves(cluster.held(), cluster.active(), each -> true);

    Cluster after = cluster.after(moves, policy);
    assertThat(most(after.heldByActive()) - fewest(after.heldByActive())).isLessThanOrEqualTo(1);
    assertThat(after.heldByInactive()).isEmpty();
    assertThat(policy.moves(after.held(), after.active(), each -> true)).isEmpty();
  }

  @Property
  void noMoreMovesThanBalanceNeeds(@ForAll("clusters") Cluster cluster) {
    Assume.that(!cluster.active().isEmpty());

    Set<String> moves =
        new AllocationPolicy(100).moves(cluster.held(), cluster.active(), each -> true);

    // The fullest nodes keep what the larger share is, the others what the smaller is.
    int nodes = cluster.active().size();
    int larger = cluster.size() % nodes;
    List<Integer> sizes =
        cluster.heldByActive().values().stream()
            .map(Collection::size)
            .sorted((a, b) -> b - a)
            .toList();
    int surplus =
        IntStream.range(0, nodes)
            .map(i -> Math.max(0, sizes.get(i) - cluster.size() / nodes - (i < larger ? 1 : 0)))
            .sum();
    assertThat(moves).hasSize(surplus + cluster.heldByInactive().size());
  }

  @Property
  void whatCameJustNowStaysAndMovesForBalanceAreBounded(
      @ForAll("clusters") Cluster cluster, @ForAll @IntRange(max = 5) int maxMoves) {
    Assume.that(!cluster.active().isEmpty());

    Set<String> moves =
        new AllocationPolicy(maxMoves).moves(cluster.held(), cluster.active(), cluster::mayMove);

    moves.removeAll(cluster.heldByInactive());
    assertThat(moves).hasSizeLessThanOrEqualTo(maxMoves).allMatch(cluster::mayMove);
  }

  @Property
  void whileSomethingMayMoveNothingStaysUnbalancedForLackOfTrying(
      @ForAll("clusters") Cluster cluster) {
    Assume.that(!cluster.active().isEmpty());
    AllocationPolicy policy = new AllocationPolicy(100);

    Cluster after =
        cluster.after(policy.moves(cluster.held(), cluster.active(), cluster::mayMove), policy);

    int fewest = fewest(after.heldByActive());
    assertThat(after.heldByActive().values())
        .allSatisfy(
            partitions ->
                assertThat(
                        partitions.size() <= fewest + 1
                            || partitions.stream().noneMatch(after::mayMove))
                    .isTrue());
  }

  @Example
  void aNodeWhosePartitionsAllCameJustNowDoesNotKeepTheOthersFromGiving() {
    Map<String, List<String>> held =
        Map.of(
            "a", List.of("0", "1", "2", "3"), "b", List.of("4", "5", "6"), "c", List.<String>of());

    Set<String> moves =
        new AllocationPolicy(100)
            .moves(held, held.keySet(), partition -> "456".contains(partition));

    assertThat(moves).containsExactly("6");
  }
}
