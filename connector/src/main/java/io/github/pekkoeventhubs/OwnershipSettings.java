// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How long claims on partitions hold. The defaults fit the official processors, so that both can
 * share a consumer group; {@code reference.conf} explains each.
 *
 * @param renewalInterval how often a claim is renewed
 * @param renewalRetryInterval how soon after a failed renewal the next is tried
 * @param validity how long after the sending of its last renewal an owner trusts its own claim
 * @param expiry how long a foreign claim that is not renewed is respected
 * @param claimRetryInterval how soon a partition of somebody else is looked at again
 * @param lossMinHold the first delay after a loss before the same partition is claimed again
 * @param lossMaxHold the bound of that delay, which grows with each loss in a row
 */
public record OwnershipSettings(
    Duration renewalInterval,
    Duration renewalRetryInterval,
    Duration validity,
    Duration expiry,
    Duration claimRetryInterval,
    Duration lossMinHold,
    Duration lossMaxHold) {

  /** Refuses durations that do not fit each other, naming the keys. */
  public OwnershipSettings {
    SettingsSection.positive("ownership.renewal-interval", renewalInterval);
    SettingsSection.positive("ownership.renewal-retry-interval", renewalRetryInterval);
    SettingsSection.positive("ownership.validity", validity);
    SettingsSection.positive("ownership.expiry", expiry);
    SettingsSection.positive("ownership.claim-retry-interval", claimRetryInterval);
    SettingsSection.positive("ownership.loss-min-hold", lossMinHold);
    if (renewalInterval.multipliedBy(2).compareTo(expiry) > 0) {
      throw new InvalidSettingsException(
          "ownership.renewal-interval ("
              + renewalInterval
              + ") must be at most half of ownership.expiry ("
              + expiry
              + "): shorten the interval or lengthen the expiry");
    }
    if (validity.compareTo(renewalInterval) <= 0 || validity.compareTo(expiry) >= 0) {
      throw new InvalidSettingsException(
          "ownership.validity ("
              + validity
              + ") must be longer than ownership.renewal-interval ("
              + renewalInterval
              + ") and shorter than ownership.expiry ("
              + expiry
              + ")");
    }
    if (lossMaxHold.compareTo(lossMinHold) < 0) {
      throw new InvalidSettingsException(
          "ownership.loss-max-hold ("
              + lossMaxHold
              + ") must not be shorter than ownership.loss-min-hold ("
              + lossMinHold
              + ")");
    }
  }

  /** Settings from the block {@code ownership} of a consumer section. */
  static OwnershipSettings create(Config consumerSection) {
    SettingsSection section = new SettingsSection(consumerSection);
    return new OwnershipSettings(
        section.duration("ownership.renewal-interval"),
        section.duration("ownership.renewal-retry-interval"),
        section.duration("ownership.validity"),
        section.duration("ownership.expiry"),
        section.duration("ownership.claim-retry-interval"),
        section.duration("ownership.loss-min-hold"),
        section.duration("ownership.loss-max-hold"));
  }
}
