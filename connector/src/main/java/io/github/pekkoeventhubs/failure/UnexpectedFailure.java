// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.failure;

import io.github.pekkoeventhubs.EventHubsException;
import java.util.function.Supplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * The failures that a part of the connector does not expect: whatever its own code throws. An
 * exception of a function that the application has given is none of them: it passes as it is, or
 * under the name of the function.
 */
@InternalApi
public enum UnexpectedFailure {
  /** A stage that emits events. */
  SOURCE("the source", "A restarted stream goes on after the last checkpoint"),
  /** A stage that commits, or an operator that acknowledges what it drops. */
  COMMITTER("the committer", "A restarted stream goes on after the last checkpoint"),
  /** A stage that sends. */
  PRODUCER("the producer", "The events that were not acknowledged may have been sent");

  private final String part;
  private final String consequence;

  UnexpectedFailure(String part, String consequence) {
    this.part = part;
    this.consequence = consequence;
  }

  /** Returns the result of a step of this part within an operator that is none of ours. */
  public <R> R guard(Supplier<R> step) {
    try {
      return step.get();
    } catch (RuntimeException e) {
      throw of(e);
    }
  }

  /**
   * The failure of the stream when this part has thrown something: the same if it is one of the
   * connector's, which says all itself, and otherwise one with what was thrown as its cause.
   */
  public EventHubsException of(Exception thrown) {
    return thrown instanceof EventHubsException known
        ? known
        : new EventHubsException(
            part
                + " has failed at something that it does not expect: "
                + thrown
                + ". This is a fault of the connector: please report it with this stack trace. "
                + consequence,
            thrown);
  }
}
