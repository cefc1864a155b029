// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.StageFailure;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Sends messages to an owner, where they wait for the owner's thread. Answers and events return to
 * the owner in this way only. Any thread.
 */
record OwnerMailbox(ActorRef<OwnerCommand> owner) {

  void tell(OwnerCommand message) {
    owner.tell(message);
  }

  /** Sends the owner one of the two messages when the answer has come. */
  <T> void tellWhenKnown(
      CompletionStage<T> answer,
      Function<T, OwnerCommand> known,
      Function<Throwable, OwnerCommand> failed) {
    answer.whenComplete(
        (value, error) ->
            tell(
                error == null && value != null
                    ? known.apply(value)
                    : failed.apply(StageFailure.causeOf(error))));
  }
}
