// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.annotation.InternalApi;

/** What a {@link PartitionOwner} is told. All of it stays within one process. */
@InternalApi
public sealed interface OwnerCommand extends NoSerializationVerificationNeeded {

  /** A stream on this node wants the partition. */
  record OfferStream(ConsumerStream stream) implements OwnerCommand {}

  /** The stream that has the partition is to give it to this one, under the same claim. */
  record ReplaceStream(ConsumerStream next, String reason) implements OwnerCommand {}

  /** The stream is going away, whether it has the partition or waits for it. */
  record WithdrawStream(ConsumerStream stream, String reason) implements OwnerCommand {}

  /** Hand the partition over and end. The stop message of cluster sharding. */
  record Stop(String reason) implements OwnerCommand {}

  /** Something has happened in the partition's life. */
  record Happened(Function<PartitionLife, List<PartitionLife.Effect>> event)
      implements OwnerCommand {}

  /** Look whether the claim may still be trusted. */
  enum CheckValidity implements OwnerCommand {
    INSTANCE
  }

  /** Look whether the receiver is silent for a reason. */
  enum CheckForStall implements OwnerCommand {
    INSTANCE
  }
}
