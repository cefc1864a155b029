// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BalancedSettingsTest {

  private static final Config DEFAULTS =
      ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH);

  private static SettingsSection section(Config config) {
    return new SettingsSection("the settings of a consumer", config);
  }

  private static BalancedSettings withEntry(String entry) {
    return BalancedSettings.create(
        section(ConfigFactory.parseString("balanced." + entry).withFallback(DEFAULTS)));
  }

  @Test
  void theDefaultsAreThoseOfTheReference() {
    assertThat(BalancedSettings.create(section(DEFAULTS)))
        .isEqualTo(
            new BalancedSettings(
                Duration.ofSeconds(15),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30)));
    assertThat(ConsumerSettings.create(DEFAULTS).balanced())
        .isEqualTo(BalancedSettings.create(section(DEFAULTS)));
  }

  static Stream<Arguments> badEntries() {
    return Stream.of(
        Arguments.of(
            "balancing-interval = 0s", "balanced.balancing-interval must be longer than zero"),
        Arguments.of("unsettled-interval = -1s", "balanced.unsettled-interval must be longer"),
        Arguments.of("hand-over-deadline = 0s", "balanced.hand-over-deadline must be longer than"),
        Arguments.of("mixed-renewal-interval = 0s", "balanced.mixed-renewal-interval must be"),
        Arguments.of(
            "balancing-interval = often", "balanced.balancing-interval must be a duration such as"),
        Arguments.of(
            "unsettled-interval = 16s",
            "balanced.unsettled-interval (16s) must not be longer than"
                + " balanced.balancing-interval (15s): shorten the first"),
        Arguments.of(
            "hand-over-deadline = 15s",
            "balanced.hand-over-deadline (15s) must be longer than balanced.balancing-interval"
                + " (15s)"));
  }

  @ParameterizedTest
  @MethodSource("badEntries")
  void aBadEntryIsRefusedByItsName(String entry, String message) {
    assertThatThrownBy(() -> withEntry(entry))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aChangeMakesACopy() {
    ConsumerSettings settings = ConsumerSettings.create(DEFAULTS);
    BalancedSettings slower =
        new BalancedSettings(
            Duration.ofSeconds(20),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            Duration.ofSeconds(40));
    assertThat(settings.withBalanced(slower).balanced()).isEqualTo(slower);
    assertThat(settings.balanced()).isNotEqualTo(slower);
  }
}
