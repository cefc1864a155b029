// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.life.Effect;
import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.Loss;
import io.github.pekkoeventhubs.life.PartitionLife;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;

/**
 * An event that a {@link PartitionLife} is told of, by name: the counterpart of its effects. Each
 * input calls its own method of the life, and its text appears in the log.
 */
sealed interface LifeInput extends OwnerCommand {

  /** Tells the life. */
  List<Effect> tell(PartitionLife life);

  /** Whether this input is about the running epoch, or about no epoch. */
  default boolean isOf(long runningEpoch) {
    return true;
  }

  @Override
  default Behavior<OwnerCommand> deliverTo(Recipient recipient) {
    return recipient.happened(this);
  }

  private static boolean mayPass(Throwable error) {
    return error instanceof ServiceUnavailableException
        || (error instanceof PartitionStoreException failure && failure.isTransient());
  }

  /** An input about one epoch; it does not count for a later one. */
  sealed interface OfEpoch extends LifeInput {

    /** The number of the epoch's session. */
    long epoch();

    @Override
    default boolean isOf(long runningEpoch) {
      return epoch() == runningEpoch;
    }
  }

  // Requests of placements and streams.

  record StreamOffered() implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.streamOffered();
    }
  }

  record StreamReplaced(String reason) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.streamReplaced(reason);
    }
  }

  record StreamWithdrawn(String reason) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.streamWithdrawn(reason);
    }
  }

  record NextStreamWithdrawn() implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.nextStreamWithdrawn();
    }
  }

  record StopRequested(String reason) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.stopRequested(reason);
    }
  }

  /** The user has ended the partition's own part of the stream. */
  record Abandoned(long epoch) implements OfEpoch {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.abandoned("the partition's stream has ended");
    }
  }

  /** The epoch's start is of no use, and the next epoch is to find another one. */
  record StartRefused(long epoch) implements OfEpoch {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.abandoned("its start cannot be used");
    }
  }

  /** The partition is not the one that was read before. */
  record ReadingFailed(long epoch, Throwable error) implements OfEpoch {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.readingFailed(error);
    }
  }

  // The claim.

  record MayClaim(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.mayClaim(operation);
    }
  }

  record OwnedByAnother(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.ownedByAnother(operation);
    }
  }

  record LookUpFailed(long operation, Throwable error) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.lookUpFailed(operation, error, mayPass(error));
    }
  }

  record Claimed(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.claimed(operation);
    }
  }

  record ClaimRefused(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.claimRefused(operation);
    }
  }

  record ClaimFailed(long operation, Throwable error) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.claimFailed(operation, error, mayPass(error));
    }
  }

  record Fenced(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.fenced(operation);
    }
  }

  record FenceLost(long operation, Loss loss) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.fenceLost(operation, loss);
    }
  }

  record FenceFailed(long operation, Throwable error) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.fenceFailed(operation, error, mayPass(error));
    }
  }

  record ClaimDoubted() implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.claimDoubted();
    }
  }

  record Renewed(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.renewed(operation);
    }
  }

  record RenewalFailed(long operation, Throwable error) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.renewalFailed(operation, error);
    }
  }

  record RenewalLost(long operation, Loss loss) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.renewalLost(operation, loss);
    }
  }

  record ClaimGone(long epoch, Loss loss) implements OfEpoch {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.claimGone(loss);
    }
  }

  record Released(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.released(operation);
    }
  }

  // The link.

  record ReceiverEnded(long operation, PartitionRun.ReceiverEnd end) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.receiverEnded(
          operation, end.cause(), end.stolen(), end.hadReceived(), end.mayPass());
    }
  }

  record ReceiverStalled(long epoch, Throwable cause) implements OfEpoch {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.receiverStalled(cause);
    }
  }

  record ReceiverOutgrown(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.receiverOutgrown(operation);
    }
  }

  record Verified(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.verified(operation);
    }
  }

  record VerifyFailed(long operation, Throwable error) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.verifyFailed(operation, error);
    }
  }

  record VerifyLost(long operation, Loss loss) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.verifyLost(operation, loss);
    }
  }

  // The hand-over.

  record EmissionStopped(long epoch) implements OfEpoch {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.emissionStopped();
    }
  }

  record UserFinished(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.userFinished(operation);
    }
  }

  record Drained(long epoch) implements OfEpoch {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.drained();
    }
  }

  record Flushed(long operation) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.flushed(operation);
    }
  }

  // Time.

  record TimerFired(Timer timer) implements LifeInput {
    @Override
    public List<Effect> tell(PartitionLife life) {
      return life.timerFired(timer);
    }
  }
}
