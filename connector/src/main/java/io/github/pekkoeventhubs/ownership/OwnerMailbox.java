// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.StageFailure;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The only way in which anything but a call returns to an owner: a message, which waits until the
 * owner's thread has time for it. Any thread.
 */
record OwnerMailbox(ActorRef<OwnerCommand> owner) {

  void tell(OwnerCommand message) {
    owner.tell(message);
  }

  /** Tells the owner one of the two when the answer has come. */
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
