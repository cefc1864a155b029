// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.life.Loss;
import io.github.pekkoeventhubs.store.WriteListener;
import io.github.pekkoeventhubs.store.WriteOutcome;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the owner how the writes of one epoch's checkpoints go, and counts them. Any thread.
 *
 * @param epoch the number of the epoch
 */
record OwnersWriteListener(LongSupplier epoch, OwnerMailbox mailbox, PartitionTraffic traffic)
    implements WriteListener {

  @Override
  public void lost() {
    mailbox.tell(new LifeInput.ClaimGone(epoch.getAsLong(), Loss.claimedBy("somebody else")));
  }

  @Override
  public void failed(Throwable cause) {
    mailbox.tell(new OwnerCommand.CheckpointAttempted(epoch.getAsLong(), cause));
  }

  @Override
  public void worksAgain() {
    mailbox.tell(new OwnerCommand.CheckpointAttempted(epoch.getAsLong(), null));
  }

  @Override
  public void attempted(
      Duration time, @Nullable WriteOutcome outcome, long conflicts, long coalesced) {
    traffic.checkpointAttempted(time, outcome, conflicts, coalesced);
  }
}
