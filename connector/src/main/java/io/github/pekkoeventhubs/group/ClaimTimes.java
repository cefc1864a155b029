// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.OwnershipSettings;
import java.time.Duration;
import org.apache.pekko.annotation.InternalApi;

/**
 * Refuses a hand-over that may outlast its claim. A claim is renewed until its release begins. The
 * release itself is the only part of a hand-over without renewals.
 */
@InternalApi
public final class ClaimTimes {

  /** The part of the hand-over timeout that the release may take. */
  private static final int RELEASE_PART = 8;

  private ClaimTimes() {}

  /**
   * Checks the settings of a stream that claims partitions.
   *
   * @throws InvalidSettingsException if {@code handover-timeout} does not fit the times of a claim
   */
  public static void check(ConsumerSettings settings) {
    OwnershipSettings ownership = settings.ownership();
    Duration spare = ownership.validity().minus(ownership.renewalInterval());
    Duration longest = spare.multipliedBy(RELEASE_PART);
    if (settings.handoverTimeout().compareTo(longest) > 0) {
      throw new InvalidSettingsException(
          "handover-timeout ("
              + DurationText.of(settings.handoverTimeout())
              + ") is too long: an eighth of it is the time to release a claim, in which the claim is"
              + " not renewed, and must not exceed ownership.validity ("
              + DurationText.of(ownership.validity())
              + ") minus ownership.renewal-interval ("
              + DurationText.of(ownership.renewalInterval())
              + "). Shorten handover-timeout to at most "
              + DurationText.of(longest)
              + ", or lengthen ownership.validity");
    }
  }
}
