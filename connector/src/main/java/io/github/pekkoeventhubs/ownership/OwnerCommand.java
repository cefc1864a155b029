// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.ClaimRelease;
import java.util.Optional;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * A message to a {@link PartitionOwner}; none leaves the process. Each command calls its own method
 * of the {@link Recipient}: a command without such a method does not compile.
 *
 * <p>Placements send the first five. The owner sends the others to itself: answers of the store and
 * the service, checks that are due, and the inputs of its partition's life ({@link LifeInput}).
 *
 * <p>An owner that has ended needs none of them: placements watch it, and a late answer has nothing
 * left to change. Therefore such messages are not logged as dead letters.
 */
@InternalApi
public sealed interface OwnerCommand
    extends NoSerializationVerificationNeeded, DeadLetterSuppression
    permits OwnerCommand.OfferStream,
        OwnerCommand.ReplaceStream,
        OwnerCommand.WithdrawStream,
        OwnerCommand.Stop,
        OwnerCommand.DoubtClaim,
        OwnerCommand.LookedUp,
        OwnerCommand.ClaimAnswered,
        OwnerCommand.StartFound,
        OwnerCommand.VerifyAnswered,
        OwnerCommand.RenewalAnswered,
        OwnerCommand.FlushNow,
        OwnerCommand.ServiceAnswered,
        OwnerCommand.EventsMissed,
        OwnerCommand.CheckpointAttempted,
        OwnerCommand.Check,
        LifeInput {

  /** Calls the recipient's method of this command. */
  Behavior<OwnerCommand> deliverTo(Recipient recipient);

  /** Receives commands, on the owner's thread. */
  interface Recipient {
    Behavior<OwnerCommand> offered(OfferStream command);

    Behavior<OwnerCommand> replaced(ReplaceStream command);

    Behavior<OwnerCommand> withdrawn(WithdrawStream command);

    Behavior<OwnerCommand> stopRequested(Stop command);

    Behavior<OwnerCommand> claimDoubted(DoubtClaim command);

    Behavior<OwnerCommand> lookedUp(LookedUp answer);

    Behavior<OwnerCommand> claimAnswered(ClaimAnswered answer);

    Behavior<OwnerCommand> startFound(StartFound answer);

    Behavior<OwnerCommand> verifyAnswered(VerifyAnswered answer);

    Behavior<OwnerCommand> renewalAnswered(RenewalAnswered answer);

    Behavior<OwnerCommand> flushNow(FlushNow command);

    Behavior<OwnerCommand> serviceAnswered(ServiceAnswered answer);

    Behavior<OwnerCommand> eventsMissed(EventsMissed command);

    Behavior<OwnerCommand> checkpointAttempted(CheckpointAttempted attempt);

    Behavior<OwnerCommand> checkDue(Check check);

    Behavior<OwnerCommand> happened(LifeInput input);
  }

  /** A stream on this node wants the partition. */
  record OfferStream(StreamOfGroup stream) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.offered(this);
    }
  }

  /** The stream that has the partition is to give it to this one, under the same claim. */
  record ReplaceStream(StreamOfGroup next, String reason) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.replaced(this);
    }
  }

  /** The stream is going away, whether it has the partition or waits for it. */
  record WithdrawStream(StreamOfGroup stream, String reason) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.withdrawn(this);
    }
  }

  /** Hand the partition over and end. The stop message of cluster sharding. */
  record Stop(String reason) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.stopRequested(this);
    }
  }

  /** The partition's record seems to name another owner: find out at once who has the claim. */
  record DoubtClaim() implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.claimDoubted(this);
    }
  }

  /** The ownership record as the store has it; empty if there is none. */
  record LookedUp(long operation, Optional<StoredOwnership> record) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.lookedUp(this);
    }
  }

  /**
   * The store's answer to a claim.
   *
   * @param sentAt when the claim was sent, by the monotonic clock
   * @param releases gives the claim back if nobody waits for this answer any more
   */
  record ClaimAnswered(long operation, long sentAt, ClaimRelease releases, ClaimOutcome outcome)
      implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.claimAnswered(this);
    }
  }

  /** The start of the epoch, with all earlier owners fenced off; empty if the claim is gone. */
  record StartFound(long operation, Optional<StartingPoint> start) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.startFound(this);
    }
  }

  /** Whether the claim still stands. */
  record VerifyAnswered(long operation, ClaimOutcome outcome) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.verifyAnswered(this);
    }
  }

  /**
   * The store's answer to a renewal.
   *
   * @param sentAt when the renewal was sent, by the monotonic clock
   */
  record RenewalAnswered(long operation, long sentAt, ClaimOutcome outcome)
      implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.renewalAnswered(this);
    }
  }

  /** The stream has finished what it will finish: the acknowledged position is to be stored. */
  record FlushNow(long operation) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.flushNow(this);
    }
  }

  /**
   * The service's answer to the question for the partition's last event.
   *
   * @param epoch the epoch in which it was asked
   * @param properties null if the service has not answered
   * @param error null if the service has answered
   */
  record ServiceAnswered(
      long epoch, @Nullable PartitionProperties properties, @Nullable Throwable error)
      implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.serviceAnswered(this);
    }
  }

  /** Events are missing in this epoch. */
  record EventsMissed(long epoch) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.eventsMissed(this);
    }
  }

  /**
   * An attempt to write a checkpoint has failed, or one has succeeded after others had failed.
   *
   * @param failure null if it has succeeded
   */
  record CheckpointAttempted(long epoch, @Nullable Throwable failure) implements OwnerCommand {
    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.checkpointAttempted(this);
    }
  }

  /** A check of something that sends the owner no message. Each is also the key of its timer. */
  enum Check implements OwnerCommand {
    /** Whether the claim may still be trusted. */
    VALIDITY,
    /** Whether the receiver is silent for a reason. */
    STALL,
    /** Whether a lost link delivers again. */
    RECOVERY,
    /** Whether acknowledgements still come from a stream that has failed. */
    LATE_ACKNOWLEDGEMENTS;

    @Override
    public Behavior<OwnerCommand> deliverTo(Recipient recipient) {
      return recipient.checkDue(this);
    }
  }
}
