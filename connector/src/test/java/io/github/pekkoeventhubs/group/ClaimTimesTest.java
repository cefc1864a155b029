// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidSettingsException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClaimTimesTest {

  private final ConsumerSettings defaults =
      ConsumerSettings.create(
          ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH));

  @Test
  void aHandOverMayBeLongerThanAClaimIsValidSinceItIsRenewedMeanwhile() {
    assertThatCode(() -> ClaimTimes.check(defaults.withHandoverTimeout(Duration.ofMinutes(6))))
        .doesNotThrowAnyException();
  }

  @Test
  void aReleaseThatCouldOutlastTheClaimIsRefusedWithTheLongestTimeThatFits() {
    assertThatThrownBy(
            () -> ClaimTimes.check(defaults.withHandoverTimeout(Duration.ofSeconds(361))))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageStartingWith(
            "handover-timeout (361s) is too long: an eighth of it is the time to release a claim,"
                + " in which the claim is not renewed, and must not exceed ownership.validity"
                + " (105s) minus ownership.renewal-interval (1m). Shorten handover-timeout to"
                + " at most 6m, or lengthen ownership.validity");
  }
}
