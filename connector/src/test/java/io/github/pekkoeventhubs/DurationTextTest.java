// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT0.000000001S, 1ns",
    "PT0.02S, 20ms",
    "PT1.5S, 1500ms",
    "PT1S, 1s",
    "PT1M, 1m",
    "PT1M45S, 105s",
    "PT6M, 6m",
    "PT1H, 1h",
    "PT25H, 25h",
    "P2D, 2d",
    "PT-5S, -5s",
    "PT-0.5S, -500ms"
  })
  void isWhatSettingsFilesTake(Duration duration, String text) {
    assertThat(DurationText.of(duration)).isEqualTo(text);
    assertThat(ConfigFactory.parseString("time = " + text).getDuration("time")).isEqualTo(duration);
  }

  @Test
  void theLongestOneHasAText() {
    Duration forEver = ChronoUnit.FOREVER.getDuration();
    assertThat(DurationText.of(forEver)).isEqualTo(Long.MAX_VALUE + "s");
    assertThat(DurationText.of(forEver.negated())).endsWith("s");
  }
}
