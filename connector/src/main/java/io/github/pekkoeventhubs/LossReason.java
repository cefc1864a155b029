// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/** Why a stream has lost a partition without a hand-over. */
public enum LossReason {
  /** Another owner has claimed it. */
  CLAIMED,
  /** The record of the claim is gone from the store. */
  REMOVED,
  /** The claim could not be renewed in time: nothing may be emitted under it any more. */
  EXPIRED,
  /** The owner was stopped at once, such as by an actor system that ends without waiting. */
  STOPPED
}
