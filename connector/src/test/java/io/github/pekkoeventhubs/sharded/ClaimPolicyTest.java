// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.sharded.ClaimPolicy.Members;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimPolicyTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String SELF = "orders@10.0.0.1:7355#11";
  private static final String REACHABLE = "orders@10.0.0.2:7355#22";
  private static final String UNREACHABLE = "orders@10.0.0.3:7355#33";
  private static final String REMOVED = "orders@10.0.0.4:7355#44";
  private static final Members MEMBERS =
      new Members(
          Set.of(SELF, REACHABLE), Set.of(UNREACHABLE), Set.of(REMOVED), Set.of("cluster-1"));

  private final ClaimPolicy policy = new ClaimPolicy(Duration.ofMinutes(2));

  private static Optional<StoredOwnership> ownedBy(String ownerId, Duration age) {
    return ownedBy(ownerId, age, Map.of());
  }

  private static Optional<StoredOwnership> ownedBy(
      String ownerId, Duration age, Map<String, String> entries) {
    return Optional.of(
        new StoredOwnership(
            new EventHubPartition("ns", "orders", "$Default", "0"),
            ownerId,
            entries,
            "etag",
            NOW.minus(age),
            NOW));
  }

  private boolean mayClaimFrom(String ownerId, Duration age) {
    return policy.mayClaim(ownedBy(ownerId, age), MEMBERS);
  }

  @Test
  void aPartitionWithoutRecordOrOwnerIsFree() {
    assertThat(policy.mayClaim(Optional.empty(), MEMBERS)).isTrue();
    assertThat(mayClaimFrom("", Duration.ZERO)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {SELF, REACHABLE, REMOVED})
  void theClaimOfAnOwnerThatHasEndedIsTakenOverAtOnce(String owner) {
    assertThat(mayClaimFrom(owner, Duration.ZERO)).isTrue();
  }

  @Test
  void theClaimOfAnUnreachableMemberIsRespectedHoweverOldItIs() {
    assertThat(mayClaimFrom(UNREACHABLE, Duration.ofHours(1))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"orders@10.0.0.1:7355#-9", "orders@10.0.0.2:7355#7", "orders@10.0.0.3:7355#7"})
  void theClaimOfAnEarlierIncarnationOfAMemberIsTakenOverAtOnce(String owner) {
    assertThat(mayClaimFrom(owner, Duration.ZERO)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "e2c6f7c1-an-official-processor",
        "orders@10.0.0.1:73#11",
        "orders@10.0.0.1:73551#11",
        "orders@10.0.0.1:7355",
        "other@10.0.0.1:7355#11",
        "orders@10.0.0.9:7355#99"
      })
  void theClaimOfAStrangerIsRespectedUntilItHasExpired(String owner) {
    assertThat(mayClaimFrom(owner, Duration.ofMinutes(2).minusMillis(1))).isFalse();
    assertThat(mayClaimFrom(owner, Duration.ofMinutes(2))).isTrue();
  }

  @Test
  void aMemberSeenRemovedIsGoneEvenIfItWasUnreachableBefore() {
    Members members = new Members(Set.of(SELF), Set.of(UNREACHABLE), Set.of(UNREACHABLE), Set.of());

    assertThat(policy.mayClaim(ownedBy(UNREACHABLE, Duration.ZERO), members)).isTrue();
  }

  private static Optional<StoredOwnership> ownedInCluster(String ownerId, String cluster) {
    return ownedBy(ownerId, Duration.ZERO, Map.of(StoredOwnership.CLUSTER, cluster));
  }

  @Test
  void aClaimOfThisClusterWhoseOwnerIsNoMemberIsALeftOverForANodeThatSawNoRemoval() {
    String crashed = "orders@10.0.0.9:7355#99";

    assertThat(policy.mayClaim(ownedInCluster(crashed, "cluster-1"), MEMBERS)).isTrue();
  }

  @Test
  void aClaimOfThisClusterWhoseOwnerCannotBeReachedMayStillBeAtWork() {
    assertThat(policy.mayClaim(ownedInCluster(UNREACHABLE, "cluster-1"), MEMBERS)).isFalse();
  }

  @Test
  void aClaimOfAnotherClusterIsRespectedUntilItHasExpired() {
    String neighbour = "orders@10.0.0.9:7355#99";

    assertThat(policy.mayClaim(ownedInCluster(neighbour, "cluster-2"), MEMBERS)).isFalse();
  }

  @Test
  void aNodeThatIsNoMemberItselfTakesNobodyForGone() {
    Members removed = new Members(Set.of(), Set.of(), Set.of(), Set.of());

    assertThat(policy.mayClaim(ownedInCluster(REACHABLE, "cluster-1"), removed)).isFalse();
  }
}
