// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.life.Effect.Timer;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OwnerDelaysTest {

  private final ConsumerSettings settings =
      ConsumerSettings.create(
              ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
          .withHandoverTimeout(Duration.ofSeconds(8))
          .withReconnectBackoff(Duration.ofSeconds(1), Duration.ofSeconds(3));

  private record Rules(boolean claims, Duration renewal) implements ClaimRules {
    @Override
    public String ownerId() {
      return "a";
    }

    @Override
    public boolean mayClaim(Optional<StoredOwnership> record, ConsumerSettings settings) {
      return true;
    }

    @Override
    public Duration renewalInterval(ConsumerSettings settings) {
      return renewal;
    }

    @Override
    public Optional<EventPosition> fixedPosition(String partitionId) {
      return Optional.empty();
    }
  }

  private Duration delay(Rules rules, double random, Timer timer, int attempt) {
    return new OwnerDelays(rules, () -> random).delay(timer, attempt, settings);
  }

  private Duration delay(Timer timer, int attempt) {
    return delay(new Rules(true, Duration.ofSeconds(60)), 0, timer, attempt);
  }

  @Test
  void theDeadlinesOfAHandOverShareItsTimeOut() {
    assertThat(delay(Timer.DRAIN_DEADLINE, 0)).isEqualTo(Duration.ofSeconds(5));
    assertThat(delay(Timer.FLUSH_DEADLINE, 0)).isEqualTo(Duration.ofSeconds(2));
    assertThat(delay(Timer.RELEASE_DEADLINE, 0)).isEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @EnumSource(names = {"CLAIM_RETRY", "HOLD", "FENCE_RETRY", "ATTACH"})
  void whatIsTriedAgainWaitsLongerWithEachAttemptUpToABound(Timer timer) {
    assertThat(delay(timer, 1)).isEqualTo(delay(timer, 0).multipliedBy(2));
    assertThat(delay(timer, 60)).isEqualTo(delay(timer, 50)).isGreaterThan(delay(timer, 1));
  }

  @Test
  void aRenewalComesALittleEarlier() {
    Rules rules = new Rules(true, Duration.ofSeconds(60));

    assertThat(delay(rules, 0, Timer.RENEWAL, 0)).isEqualTo(Duration.ofSeconds(60));
    assertThat(delay(rules, 1, Timer.RENEWAL, 0)).isEqualTo(Duration.ofMillis(58_200));
  }
}
