// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import io.github.pekkoeventhubs.LossReason;
import org.apache.pekko.annotation.InternalApi;

/**
 * The end of an epoch without a hand-over.
 *
 * @param text for the log and for the user, after "lost: "
 */
@InternalApi
public record Loss(LossReason reason, String text) {

  /** The claim could not be renewed in time. */
  public static final Loss EXPIRED =
      new Loss(LossReason.EXPIRED, "the claim could not be renewed in time");

  /** The record of the claim is gone. */
  public static final Loss REMOVED = new Loss(LossReason.REMOVED, "the claim was removed");

  /** The owner was stopped without a hand-over. */
  public static final Loss STOPPED = new Loss(LossReason.STOPPED, "the owner was stopped");

  /** Another owner has the claim. */
  public static Loss claimedBy(String owner) {
    return new Loss(LossReason.CLAIMED, "claimed by " + owner);
  }
}
