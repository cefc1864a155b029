// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.balanced.BalancingPolicy.Partition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObservedOwnershipsTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0");
  private static final Instant WRITTEN = Instant.parse("2001-01-01T00:00:00Z");
  private static final Map<String, String> OURS = Map.of(StoredOwnership.CLAIM_TOKEN, "t");

  private final ObservedOwnerships observed =
      new ObservedOwnerships(Duration.ofSeconds(120), Duration.ofSeconds(30));

  private static StoredOwnership record(
      String owner, Map<String, String> entries, String version, int ageInSeconds) {
    return new StoredOwnership(
        PARTITION, owner, entries, version, WRITTEN, WRITTEN.plusSeconds(ageInSeconds));
  }

  private Partition observe(StoredOwnership record, int seconds) {
    return observed
        .observe(List.of("0"), Map.of("0", record), Duration.ofSeconds(seconds).toNanos())
        .iterator()
        .next();
  }

  @Test
  void aClaimExpiresByTheClockOfTheStoreOnFirstSight() {
    assertThat(observe(record("b", OURS, "1", 119), 0).owner()).isEqualTo("b");
    assertThat(observe(record("b", OURS, "1", 120), 1).owner()).isEmpty();
  }

  @Test
  void aClaimExpiresWhenItHasNotChangedForLongWhateverTheStoreSays() {
    observe(record("b", OURS, "1", 0), 1000);
    assertThat(observe(record("b", OURS, "1", 0), 1119).owner()).isEqualTo("b");
    assertThat(observe(record("b", OURS, "1", 0), 1120).owner()).isEmpty();
  }

  @Test
  void aClaimThatIsRenewedDoesNotExpire() {
    observe(record("b", OURS, "1", 0), 0);
    observe(record("b", OURS, "2", 0), 60);
    assertThat(observe(record("b", OURS, "2", 0), 179).owner()).isEqualTo("b");
  }

  @Test
  void aReleasedOrAbsentRecordIsFreeAndOverdueAfterAWhile() {
    assertThat(observe(record("", Map.of(), "1", 500), 0))
        .isEqualTo(new Partition("0", "", false, "", false));
    assertThat(observe(record("", Map.of(), "1", 500), 29).overdue()).isFalse();
    assertThat(observe(record("", Map.of(), "1", 500), 30).overdue()).isTrue();
    assertThat(observed.observe(List.of("7"), Map.of(), 0))
        .containsExactly(new Partition("7", "", false, "", false));
  }

  @Test
  void aRequestIsOverdueAfterAWhileAlsoIfTheOwnerRenews() {
    Map<String, String> asked =
        Map.of(StoredOwnership.CLAIM_TOKEN, "t", StoredOwnership.HAND_OVER_REQUEST, "c");
    observe(record("b", OURS, "1", 0), 0);
    assertThat(observe(record("b", asked, "2", 0), 100))
        .isEqualTo(new Partition("0", "b", true, "c", false));
    assertThat(observe(record("b", asked, "3", 0), 129).overdue()).isFalse();
    assertThat(observe(record("b", asked, "3", 0), 130).overdue()).isTrue();
  }

  @Test
  void aRecordThatIsTheSameAfterAnInterruptionWasSoAllTheTime() {
    observe(record("", Map.of(), "1", 500), 0);
    observed.interrupted();

    assertThat(observe(record("", Map.of(), "1", 500), 30).overdue()).isTrue();
  }

  @Test
  void ofARecordThatHasChangedInAnInterruptionNothingIsKnown() {
    Map<String, String> asked =
        Map.of(StoredOwnership.CLAIM_TOKEN, "t", StoredOwnership.HAND_OVER_REQUEST, "c");
    observe(record("b", asked, "1", 0), 0);
    observed.interrupted();

    assertThat(observe(record("b", asked, "9", 0), 30).overdue()).isFalse();
    assertThat(observe(record("b", asked, "9", 0), 60).overdue()).isTrue();
  }

  @Test
  void observationsGoOnUnderTheSameTimesOnly() {
    ConsumerSettings settings =
        ConsumerSettings.create(
            ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH));
    ObservedOwnerships first = ObservedOwnerships.continuing(null, settings);

    assertThat(ObservedOwnerships.continuing(first, settings)).isSameAs(first);
    Config other =
        ConfigFactory.parseString("balanced.hand-over-deadline = 31s")
            .withFallback(ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH));
    assertThat(ObservedOwnerships.continuing(first, ConsumerSettings.create(other)))
        .isNotSameAs(first);
  }

  @Test
  void onlyAClaimOfOursHandsOver() {
    assertThat(observe(record("b", OURS, "1", 0), 0).handsOver()).isTrue();
    assertThat(observe(record("b", Map.of(), "2", 0), 0).handsOver()).isFalse();
  }
}
