// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;

/**
 * Timing of {@link Subscriptions#balanced()}: how often it looks up the owners of partitions, and
 * how it evens out their numbers. {@code reference.conf} explains each value. {@link
 * OwnershipSettings} say how long a claim is valid.
 *
 * <p>Immutable, and safe for all threads. Durations that are too short or do not fit each other are
 * refused with an {@link InvalidSettingsException} that names the keys.
 *
 * @param balancingInterval how often the owners of a group are listed and counted
 * @param unsettledInterval the same while partitions are on the move
 * @param handOverDeadline how long a neighbour that was asked for a partition may take to release
 *     it, and how long a free partition is left to those that have fewer
 * @param mixedRenewalInterval how often claims are renewed while official processors share the
 *     group; otherwise {@link OwnershipSettings#renewalInterval()} counts
 */
public record BalancedSettings(
    Duration balancingInterval,
    Duration unsettledInterval,
    Duration handOverDeadline,
    Duration mixedRenewalInterval) {

  /** Refuses durations that do not fit each other, naming the keys. */
  public BalancedSettings {
    SettingsSection.atLeast("balanced.balancing-interval", balancingInterval, 10);
    SettingsSection.positive("balanced.unsettled-interval", unsettledInterval);
    SettingsSection.positive("balanced.hand-over-deadline", handOverDeadline);
    SettingsSection.positive("balanced.mixed-renewal-interval", mixedRenewalInterval);
    if (unsettledInterval.compareTo(balancingInterval) > 0) {
      throw new InvalidSettingsException(
          "balanced.unsettled-interval ("
              + DurationText.of(unsettledInterval)
              + ") must not be longer than balanced.balancing-interval ("
              + DurationText.of(balancingInterval)
              + "): shorten the first, or lengthen the second");
    }
    if (handOverDeadline.compareTo(balancingInterval) <= 0) {
      throw new InvalidSettingsException(
          "balanced.hand-over-deadline ("
              + DurationText.of(handOverDeadline)
              + ") must be longer than balanced.balancing-interval ("
              + DurationText.of(balancingInterval)
              + "), after which a neighbour reads what it is asked for, and leave it time to drain:"
              + " lengthen the first, or shorten the second");
    }
  }

  /** Settings from the block {@code balanced} of a consumer section. */
  static BalancedSettings create(SettingsSection section) {
    return new BalancedSettings(
        section.duration("balanced.balancing-interval"),
        section.duration("balanced.unsettled-interval"),
        section.duration("balanced.hand-over-deadline"),
        section.duration("balanced.mixed-renewal-interval"));
  }
}
