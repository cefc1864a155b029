// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.balanced.BalancingPolicy.Decision;
import io.github.pekkoeventhubs.balanced.BalancingPolicy.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BalancingPolicyTest {

  private static final String SELF = "self";

  private final List<Partition> partitions = new ArrayList<>();
  private final Set<String> held = new TreeSet<>();
  private final Set<String> heldBack = new TreeSet<>();

  private BalancingPolicyTest free(int count) {
    return add(count, new Partition("", "", false, "", false));
  }

  private BalancingPolicyTest mine(int count) {
    for (int i = 0; i < count; i++) {
      held.add(Integer.toString(partitions.size()));
      add(1, new Partition("", SELF, true, "", false));
    }
    return this;
  }

  private BalancingPolicyTest ownedBy(String neighbour, int count) {
    return add(count, new Partition("", neighbour, true, "", false));
  }

  private BalancingPolicyTest ownedByProcessor(String processor, int count) {
    return add(count, new Partition("", processor, false, "", false));
  }

  /** With consecutive ids. */
  private BalancingPolicyTest add(int count, Partition like) {
    for (int i = 0; i < count; i++) {
      partitions.add(
          new Partition(
              Integer.toString(partitions.size()),
              like.owner(),
              like.handsOver(),
              like.requester(),
              like.overdue()));
    }
    return this;
  }

  private Decision decide() {
    return BalancingPolicy.decide(SELF, partitions, held, heldBack);
  }

  private Set<String> ownersOf(Set<String> ids) {
    return partitions.stream()
        .filter(partition -> ids.contains(partition.id()))
        .map(Partition::owner)
        .collect(Collectors.toSet());
  }

  @Test
  void aProcessThatCannotBeSeenYetClaimsOneFreePartition() {
    free(8);
    assertThat(decide().claims()).hasSize(1);
    assertThat(decide().settled()).isFalse();
  }

  @Test
  void theOnlyProcessClaimsAllFreePartitions() {
    mine(1).free(7);
    assertThat(decide().claims()).hasSize(7).doesNotContain("0");
  }

  @Test
  void processesThatStartTogetherClaimTheirSharesOnly() {
    mine(1).ownedBy("b", 1).ownedBy("c", 1).free(6);
    assertThat(decide().claims()).hasSize(2);
    assertThat(decide().requests()).isEmpty();
  }

  @Test
  void processesPreferDifferentPartitions() {
    free(16);
    Set<String> first = BalancingPolicy.decide("a", partitions, Set.of(), Set.of()).claims();
    Set<String> others =
        List.of("b", "c", "d", "e").stream()
            .flatMap(
                name ->
                    BalancingPolicy.decide(name, partitions, Set.of(), Set.of()).claims().stream())
            .collect(Collectors.toSet());
    assertThat(others).isNotEqualTo(first).hasSizeGreaterThan(1);
  }

  @Test
  void aBalancedGroupIsSettled() {
    mine(3).ownedBy("b", 3).ownedByProcessor("p", 2);
    assertThat(decide()).isEqualTo(new Decision(Set.of(), Set.of(), Set.of(), Set.of(), true));
  }

  @Test
  void aProcessWithoutPartitionsIsSettledWhereThereAreTooFew() {
    ownedBy("b", 1).ownedByProcessor("p", 1);
    assertThat(decide().settled()).isTrue();
  }

  @Test
  void aNewcomerAsksForOnePartitionToShowItself() {
    ownedBy("b", 8);
    assertThat(decide().requests()).hasSize(1);
    assertThat(decide().claims()).isEmpty();
  }

  @Test
  void aNewcomerThatCanBeSeenAsksForAllThatItNeedsFromThoseThatHaveMost() {
    mine(1).ownedBy("b", 7).ownedBy("c", 4);
    assertThat(decide().requests()).hasSize(3);
    assertThat(ownersOf(decide().requests())).containsExactly("b");
  }

  @Test
  void aPartitionThatWasAskedForCountsAsTheAskersAlready() {
    mine(0).ownedBy("b", 6);
    add(2, new Partition("", "b", true, SELF, false));
    assertThat(decide().requests()).hasSize(2);
  }

  @Test
  void twoNewcomersDoNotAskForMoreThanTheirShares() {
    ownedBy("b", 6);
    add(2, new Partition("", "b", true, "c", false));
    add(1, new Partition("", "b", true, SELF, false));
    // Three of nine each, and one is asked for.
    assertThat(decide().requests()).hasSize(2);
  }

  @Test
  void fromAnOfficialProcessorOnePartitionIsTakenAtATime() {
    mine(1).ownedByProcessor("p", 7);
    Decision decision = decide();
    assertThat(decision.claims()).hasSize(1);
    assertThat(ownersOf(decision.claims())).containsExactly("p");
    assertThat(decision.requests()).isEmpty();
  }

  @Test
  void freePartitionsAreClaimedBeforeAnyIsTaken() {
    mine(1).ownedByProcessor("p", 6).free(1);
    assertThat(ownersOf(decide().claims())).containsExactly("");
  }

  @Test
  void nothingIsTakenForADifferenceOfOne() {
    mine(1).ownedByProcessor("p", 2).ownedBy("b", 2);
    assertThat(decide().claims()).isEmpty();
    assertThat(decide().requests()).isEmpty();
    assertThat(decide().settled()).isTrue();
  }

  @Test
  void nobodyIsAskedForADifferenceOfOneWhileFreePartitionsHaveToWait() {
    ownedBy("b", 1).free(2);
    heldBack.addAll(Set.of("1", "2"));
    assertThat(decide().requests()).isEmpty();
  }

  @Test
  void theRemainderGoesToThoseWhoTakeItFirst() {
    mine(2).ownedBy("b", 3).free(2);
    // Seven for two: three and four; nobody has four yet.
    assertThat(decide().claims()).hasSize(2);
    partitions.clear();
    held.clear();
    mine(2).ownedBy("b", 4).free(1);
    assertThat(decide().claims()).hasSize(1);
    partitions.clear();
    held.clear();
    mine(3).ownedBy("b", 3).ownedBy("c", 1).free(1);
    assertThat(decide().claims()).as("that is c's").isEmpty();
    assertThat(decide().settled()).isFalse();
  }

  @Test
  void aPartitionThatStaysFreeIsClaimedByWhoeverSeesIt() {
    mine(3).ownedBy("b", 3).ownedBy("c", 1);
    add(1, new Partition("", "", false, "", true));
    assertThat(decide().claims()).containsExactly("7");
  }

  @Test
  void whatWasAskedForIsHandedOver() {
    mine(3);
    held.add("3");
    add(1, new Partition("", SELF, true, "b", false));
    Decision decision = decide();
    assertThat(decision.handOvers()).containsExactly("3");
    assertThat(decision.erasures()).isEmpty();
  }

  @Test
  void aRequestThatWouldLeaveLessThanAShareIsRefused() {
    mine(1).ownedBy("b", 4);
    held.addAll(Set.of("5", "6"));
    add(2, new Partition("", SELF, true, "b", false));
    Decision decision = decide();
    assertThat(decision.handOvers()).isEmpty();
    assertThat(decision.erasures()).containsExactly("5", "6");
  }

  @Test
  void aReleasedPartitionIsLeftToTheOneThatAskedForIt() {
    mine(1).ownedBy("b", 1);
    add(2, new Partition("", "", false, "c", false));
    assertThat(decide().claims()).isEmpty();
    assertThat(decide().settled()).isFalse();
  }

  @Test
  void aReleasedPartitionIsClaimedByOthersIfTheOneThatAskedDoesNotCome() {
    mine(1);
    add(2, new Partition("", "", false, "c", true));
    assertThat(decide().claims()).isNotEmpty();
  }

  @Test
  void whatItAskedForIsClaimedWhenItHasBeenReleased() {
    ownedBy("b", 2);
    add(1, new Partition("", "", false, SELF, false));
    assertThat(decide().claims()).containsExactly("2");
  }

  @Test
  void whatItAskedForIsTakenAfterTheDeadline() {
    ownedBy("b", 2);
    add(1, new Partition("", "b", true, SELF, false));
    assertThat(decide().claims()).isEmpty();
    assertThat(decide().settled()).isFalse();
    partitions.set(2, new Partition("2", "b", true, SELF, true));
    assertThat(decide().claims()).containsExactly("2");
  }

  @Test
  void aRequestThatIsNotNeededAnyMoreIsTakenBack() {
    mine(2).ownedBy("c", 2);
    add(2, new Partition("", "b", true, SELF, true));
    Decision decision = decide();
    assertThat(decision.erasures()).containsExactlyInAnyOrder("4", "5");
    assertThat(decision.claims()).isEmpty();
  }

  @Test
  void whatItHasLeftBehindItselfIsClaimedAgain() {
    mine(1);
    add(1, new Partition("", SELF, true, "", false));
    assertThat(decide().claims()).containsExactly("1");
  }

  @Test
  void partitionsThatAreHeldBackAreLeftAlone() {
    mine(1).free(1).ownedBy("b", 5);
    heldBack.addAll(Set.of("1", "2", "3", "4", "5"));
    Decision decision = decide();
    assertThat(decision.claims()).isEmpty();
    assertThat(decision.requests()).containsExactly("6");
  }
}
