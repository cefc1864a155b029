// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoredOwnershipTest {

  private static final Instant WRITTEN = Instant.parse("2026-01-02T03:04:05Z");

  private static StoredOwnership ownership(
      String owner, Map<String, String> entries, Instant read) {
    return new StoredOwnership(
        new EventHubPartition("ns", "orders", "$Default", "0"),
        owner,
        entries,
        "etag",
        WRITTEN,
        read);
  }

  @Test
  void anEmptyOwnerMeansReleased() {
    assertThat(ownership("", Map.of(), WRITTEN).isReleased()).isTrue();
    assertThat(ownership("somebody", Map.of(), WRITTEN).isReleased()).isFalse();
  }

  @Test
  void theClaimIsKnownByItsTokenAlone() {
    StoredOwnership claimed = ownership("a", Map.of(StoredOwnership.CLAIM_TOKEN, "token"), WRITTEN);

    assertThat(claimed.isClaimedWith("token")).isTrue();
    assertThat(claimed.isClaimedWith("another")).isFalse();
    assertThat(ownership("a", Map.of(), WRITTEN).isClaimedWith("token")).isFalse();
  }

  @Test
  void theAgeCountsFromTheWriteToTheReadByTheStoresClock() {
    assertThat(ownership("a", Map.of(), WRITTEN.plusSeconds(7)).age())
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void theAgeIsNeverNegativeAlthoughTheStoreCountsInWholeSeconds() {
    assertThat(ownership("a", Map.of(), WRITTEN.minusMillis(300)).age()).isZero();
  }

  @Test
  void aClaimIsLiveUntilTheExpiryHasPassed() {
    Duration expiry = Duration.ofSeconds(60);

    assertThat(ownership("a", Map.of(), WRITTEN).isLive(expiry)).isTrue();
    assertThat(ownership("a", Map.of(), WRITTEN.plus(expiry).minusNanos(1)).isLive(expiry))
        .isTrue();
    assertThat(ownership("a", Map.of(), WRITTEN.plus(expiry)).isLive(expiry)).isFalse();
    assertThat(ownership("", Map.of(), WRITTEN).isLive(expiry)).isFalse();
  }

  @Test
  void theEntriesCannotBeChangedFromOutside() {
    Map<String, String> entries = new HashMap<>();
    StoredOwnership ownership = ownership("a", entries, WRITTEN);

    entries.put(StoredOwnership.CLAIM_TOKEN, "token");

    assertThat(ownership.isClaimedWith("token")).isFalse();
  }
}
