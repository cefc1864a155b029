// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.InvalidSettingsException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardingSettingsTest {

  private static ShardingSettings with(String entries) {
    Config section =
        ConfigFactory.parseString(ShardingSettings.CONFIG_PATH + " {" + entries + "}")
            .withFallback(ConfigFactory.load())
            .resolve()
            .getConfig(ShardingSettings.CONFIG_PATH);
    return ShardingSettings.create(section);
  }

  @Test
  void theReferenceIsReadWithAllKeysOfPekkosSharding() {
    ShardingSettings settings = with("");

    assertThat(settings.keepAliveInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.keepAliveIntervalWhenComplete()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.minimumHold()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.balanceInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.maxSimultaneousMoves()).isEqualTo(100);
    assertThat(settings.sharding().getDuration("rebalance-interval"))
        .isEqualTo(Duration.ofMillis(200));
    assertThat(settings.sharding().getDuration("retry-interval")).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.sharding().getDuration("updating-state-timeout"))
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.sharding().hasPath("number-of-shards")).isTrue();
  }

  @Test
  void whatAnApplicationSetsForItsOwnShardedTypesDoesNotCountForThePartitions() {
    Config application =
        ConfigFactory.parseString(
                """
                pekko.cluster.sharding {
                  role = backend
                  state-store-mode = persistence
                  use-dispatcher = my-dispatcher
                  passivation.strategy = default-idle-strategy
                  remember-entities = on
                  use-lease = my-lease
                }
                """)
            .withFallback(ConfigFactory.load())
            .resolve();

    ShardingSettings settings =
        ShardingSettings.create(application.getConfig(ShardingSettings.CONFIG_PATH));

    assertThat(settings.role()).isEmpty();
    assertThat(settings.sharding().getString("state-store-mode")).isEqualTo("ddata");
    assertThat(settings.sharding().getString("use-dispatcher"))
        .isEqualTo("pekko.actor.internal-dispatcher");
    assertThat(settings.sharding().getString("passivation.strategy")).isEqualTo("none");
    assertThat(settings.sharding().getBoolean("remember-entities")).isFalse();
    assertThat(settings.sharding().getString("use-lease")).isEmpty();
  }

  @Test
  void theRoleIsAKeyOfOurOwnSection() {
    assertThat(with("sharding.role = consumers").role()).isEqualTo("consumers");
  }

  @ParameterizedTest
  @CsvSource({
    "minimum-hld = 5s, 'minimum-hold'",
    "rebalance-interval = 5s, 'rebalance-interval'",
    "minimum-hold = 5, pekko.eventhubs.cluster-sharding.minimum-hold = 5 has no unit",
    "minimum-hold = -1s, cluster-sharding.minimum-hold must not be negative",
    "balance-interval = -1s, cluster-sharding.balance-interval must not be negative",
    "keep-alive-interval = 1ms, cluster-sharding.keep-alive-interval must be at least 10ms",
    "sharding = none, pekko.eventhubs.cluster-sharding.sharding must be a block of settings",
    "max-simultaneous-moves = 0, cluster-sharding.max-simultaneous-moves must be at least 1",
  })
  void aKeyOrAValueThatCannotBeMeantIsRefused(String entry, String message) {
    assertThatThrownBy(() -> with(entry))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(message);
  }
}
