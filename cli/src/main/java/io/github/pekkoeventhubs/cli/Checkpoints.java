// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Optional;

/** Checkpoints as they are shown. */
final class Checkpoints {

  private Checkpoints() {}

  /** The fault of a checkpoint that cannot be read. */
  static Optional<String> problem(StoredCheckpoint checkpoint) {
    try {
      checkpoint.sequenceNumber();
      return Optional.empty();
    } catch (CheckpointUnreadableException unreadable) {
      return Optional.of(Failures.message(unreadable));
    }
  }
}
