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

class OwnershipSettingsTest {

  private static final Config DEFAULTS =
      ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH);

  private static SettingsSection section(Config config) {
    return new SettingsSection("the settings of a consumer", config);
  }

  private static OwnershipSettings withEntry(String entry) {
    return OwnershipSettings.create(
        section(ConfigFactory.parseString("ownership." + entry).withFallback(DEFAULTS)));
  }

  @Test
  void theDefaultsFitTheOfficialProcessors() {
    assertThat(OwnershipSettings.create(section(DEFAULTS)))
        .isEqualTo(
            new OwnershipSettings(
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofSeconds(105),
                Duration.ofSeconds(120),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(60)));
  }

  static Stream<Arguments> badEntries() {
    return Stream.of(
        Arguments.of(
            "renewal-interval = 0s", "ownership.renewal-interval must be longer than zero"),
        Arguments.of("renewal-retry-interval = 0s", "ownership.renewal-retry-interval must be"),
        Arguments.of("validity = -1s", "ownership.validity must be longer than zero, and not -1s"),
        Arguments.of("expiry = 0s", "ownership.expiry must be longer than zero, and not 0s"),
        Arguments.of("claim-retry-interval = 0s", "ownership.claim-retry-interval must be longer"),
        Arguments.of("loss-min-hold = 0s", "ownership.loss-min-hold must be longer than zero"),
        Arguments.of("validity = soon", "ownership.validity must be a duration such as '5s'"),
        Arguments.of(
            "renewal-interval = 61s",
            "ownership.renewal-interval (61s) must be at most half of ownership.expiry (2m):"
                + " shorten the interval or lengthen the expiry"),
        Arguments.of(
            "validity = 60s",
            "ownership.validity (1m) must be longer than ownership.renewal-interval (1m)"),
        Arguments.of(
            "renewal-retry-interval = 46s",
            "ownership.renewal-retry-interval (46s) must not exceed ownership.validity minus"
                + " ownership.renewal-interval (45s)"),
        Arguments.of(
            "validity = 120s",
            "and shorter than ownership.expiry (2m): set a time between the two"),
        Arguments.of(
            "loss-max-hold = 1s",
            "ownership.loss-max-hold (1s) must not be shorter than ownership.loss-min-hold"
                + " (2s): lengthen the first, or shorten the second"));
  }

  @ParameterizedTest
  @MethodSource("badEntries")
  void aBadEntryIsRefusedByItsName(String entry, String message) {
    assertThatThrownBy(() -> withEntry(entry))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aMissingEntryIsRefusedByItsName() {
    assertThatThrownBy(
            () -> OwnershipSettings.create(section(DEFAULTS.withoutPath("ownership.validity"))))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("ownership.validity is missing");
  }
}
