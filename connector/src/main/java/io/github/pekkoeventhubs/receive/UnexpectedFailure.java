// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.EventHubsException;

/**
 * The failures that a source's stage does not expect: whatever its own code throws. They fail the
 * stream like any other failure, so that its partitions are held for a restart, and drained by the
 * rules of a failed stream.
 */
final class UnexpectedFailure {

  private UnexpectedFailure() {}

  /** The failure of the stream when a step of its stage has thrown this. */
  static EventHubsException of(RuntimeException thrown) {
    return thrown instanceof EventHubsException known
        ? known
        : new EventHubsException(
            "the source has failed at something that it does not expect: "
                + thrown
                + ". This is a fault of the connector: please report it with this stack trace. A"
                + " restarted stream goes on after the last checkpoint",
            thrown);
  }
}
