// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;

/**
 * The times of claims on partitions. The defaults fit the official processors, so that both can
 * share a consumer group; {@code reference.conf} explains each.
 *
 * <p>Immutable, and safe for all threads. Durations that are too short or do not fit each other are
 * refused with an {@link InvalidSettingsException} that names the keys.
 *
 * @param renewalInterval how often a claim is renewed
 * @param renewalRetryInterval how soon after a failed renewal the next is tried
 * @param validity how long after the sending of its last renewal an owner trusts its own claim
 * @param expiry how long a foreign claim that is not renewed is respected
 * @param claimRetryInterval how soon the claim of another owner is read again
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
    SettingsSection.atLeast("ownership.renewal-interval", renewalInterval, 100);
    SettingsSection.positive("ownership.renewal-retry-interval", renewalRetryInterval);
    SettingsSection.atLeast("ownership.validity", validity, 100);
    SettingsSection.atLeast("ownership.expiry", expiry, 100);
    SettingsSection.positive("ownership.claim-retry-interval", claimRetryInterval);
    SettingsSection.growing(
        "ownership.loss-min-hold", lossMinHold, "ownership.loss-max-hold", lossMaxHold);
    if (renewalInterval.multipliedBy(2).compareTo(expiry) > 0) {
      throw new InvalidSettingsException(
          "ownership.renewal-interval ("
              + DurationText.of(renewalInterval)
              + ") must be at most half of ownership.expiry ("
              + DurationText.of(expiry)
              + "): shorten the interval or lengthen the expiry");
    }
    if (validity.compareTo(renewalInterval) <= 0 || validity.compareTo(expiry) >= 0) {
      throw new InvalidSettingsException(
          "ownership.validity ("
              + DurationText.of(validity)
              + ") must be longer than ownership.renewal-interval ("
              + DurationText.of(renewalInterval)
              + ") and shorter than ownership.expiry ("
              + DurationText.of(expiry)
              + "): set a time between the two");
    }
    Duration spare = validity.minus(renewalInterval);
    if (renewalRetryInterval.compareTo(spare) > 0) {
      throw new InvalidSettingsException(
          "ownership.renewal-retry-interval ("
              + DurationText.of(renewalRetryInterval)
              + ") must not exceed ownership.validity minus ownership.renewal-interval ("
              + DurationText.of(spare)
              + "), since a single renewal that fails would be a loss: shorten it, or lengthen the"
              + " validity");
    }
  }

  /** Settings from the block {@code ownership} of a consumer section. */
  static OwnershipSettings create(SettingsSection section) {
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
