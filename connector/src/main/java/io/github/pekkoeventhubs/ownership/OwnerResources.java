// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.Scheduler;

/**
 * What an owner's claims and epochs share with it, for as long as it lives.
 *
 * @param nanoTime the monotonic clock
 * @param mailbox the owner's own
 * @param scheduler times the retries of checkpoints
 * @param executor runs what follows the writes of checkpoints
 */
record OwnerResources(
    String partitionId,
    ClaimRules rules,
    LongSupplier nanoTime,
    OwnerMailbox mailbox,
    Scheduler scheduler,
    Executor executor) {}
