// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.Scheduler;

/**
 * The resources of an owner that its claims and epochs share, as long as the owner lives.
 *
 * @param nanoTime the monotonic clock
 * @param mailbox the mailbox of the owner
 * @param scheduler times the retries of checkpoints
 * @param executor runs the actions that follow writes of checkpoints
 * @param unansweredClaims for the owner's thread alone
 * @param pendingReleases those of the actor system
 */
record OwnerResources(
    String partitionId,
    ClaimRules rules,
    LongSupplier nanoTime,
    OwnerMailbox mailbox,
    Scheduler scheduler,
    Executor executor,
    UnansweredClaims unansweredClaims,
    PendingReleases pendingReleases) {}
