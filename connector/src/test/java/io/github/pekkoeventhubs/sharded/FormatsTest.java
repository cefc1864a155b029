// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.ownership.OneRecordStore;
import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * Two versions of the formats beside each other. The keys are written out here, as they stand in
 * blobs: a change of a constant must not change them.
 */
class FormatsTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0");
  private static final String OLD_OWNER = "orders@10.0.0.1:7355#1";
  private static final String NEW_OWNER = "orders@10.0.0.2:7355#2";
  private static final Map<String, String> SIGNATURE = Map.of("pekkocluster", "cluster-1");

  private final OneRecordStore store = new OneRecordStore(PARTITION);
  private final OwnershipProtocol protocol = new OwnershipProtocol(store);

  private static OwnershipClaim held(CompletionStage<ClaimOutcome> answer) {
    return ((ClaimOutcome.Held) answer.toCompletableFuture().join()).claim();
  }

  private static boolean mayClaim(Map<String, String> entries, Duration age) {
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    return new ClaimPolicy(Duration.ofMinutes(2))
        .mayClaim(
            Optional.of(
                new StoredOwnership(PARTITION, OLD_OWNER, entries, "etag", now.minus(age), now)),
            new ClaimPolicy.Members(Set.of(NEW_OWNER), Set.of(), Set.of(), Set.of("cluster-1")));
  }

  @Test
  void aClaimOfThisVersionHasTheseKeys() {
    held(protocol.claim(PARTITION, Optional.empty(), NEW_OWNER, SIGNATURE));

    assertThat(store.ownership().orElseThrow().entries())
        .containsOnlyKeys("pekkoclaim", "pekkocluster")
        .containsEntry("pekkocluster", "cluster-1");
  }

  @Test
  void aClaimOverAnEarlierRecordHasAFencingTokenToo() {
    OwnershipClaim first = held(protocol.claim(PARTITION, Optional.empty(), OLD_OWNER));

    held(protocol.claim(PARTITION, Optional.of(first.record()), NEW_OWNER, SIGNATURE));

    assertThat(store.ownership().orElseThrow().entries())
        .containsOnlyKeys("pekkoclaim", "pekkocluster", "pekkofencingtoken");
  }

  @Test
  void aClaimOfTheFirstFormatIsRespectedUntilItExpires() {
    Map<String, String> first = Map.of("pekkoclaim", "5b1c");

    assertThat(mayClaim(first, Duration.ofSeconds(119))).isFalse();
    assertThat(mayClaim(first, Duration.ofMinutes(2))).isTrue();
  }

  @Test
  void aClaimOfTheSecondFormatIsKnownByItsCluster() {
    assertThat(mayClaim(Map.of("pekkoclaim", "5b1c", "pekkocluster", "cluster-1"), Duration.ZERO))
        .isTrue();
    assertThat(mayClaim(Map.of("pekkoclaim", "5b1c", "pekkocluster", "cluster-2"), Duration.ZERO))
        .isFalse();
  }

  /** An earlier version renews, asks to hand over and takes back without knowing the key. */
  @Test
  void anEarlierVersionKeepsTheKeysThatItDoesNotKnow() {
    OwnershipClaim claim =
        held(
            protocol.claim(
                PARTITION,
                Optional.empty(),
                NEW_OWNER,
                Map.of("pekkocluster", "cluster-1", "pekkolater", "of a later version")));
    OwnershipClaim renewed = held(protocol.renew(claim));
    StoredOwnership asked =
        protocol
            .requestHandOver(renewed.record(), "neighbour")
            .toCompletableFuture()
            .join()
            .orElseThrow();
    protocol.eraseRequest(asked).toCompletableFuture().join();

    assertThat(store.ownership().orElseThrow().entries())
        .containsEntry("pekkoclaim", claim.claimToken())
        .containsEntry("pekkocluster", "cluster-1")
        .containsEntry("pekkolater", "of a later version")
        .doesNotContainKey("pekkohandover");
  }

  @Test
  void aClaimOfTheFirstFormatGetsItsClusterWithARenewal() {
    OwnershipClaim first = held(protocol.claim(PARTITION, Optional.empty(), OLD_OWNER));
    assertThat(store.ownership().orElseThrow().entries()).containsOnlyKeys("pekkoclaim");

    held(protocol.renew(first, SIGNATURE));

    assertThat(store.ownership().orElseThrow().entries())
        .containsEntry("pekkoclaim", first.claimToken())
        .containsEntry("pekkocluster", "cluster-1");
  }
}
