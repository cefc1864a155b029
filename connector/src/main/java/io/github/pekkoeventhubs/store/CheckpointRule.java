// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides the next step of a checkpoint write, from the records that were read. */
final class CheckpointRule {

  private CheckpointRule() {}

  /** Whether the claim with this token still stands. */
  static boolean isHeld(Optional<StoredOwnership> ownership, String claimToken) {
    return ownership.isPresent() && ownership.get().isClaimedWith(claimToken);
  }

  /**
   * Whether the stored record makes writing the position needless, or harmful: its sequence number
   * is higher, or equal with a record no older than the position. With equal numbers only the gaps
   * can be newer, and only this epoch writes gaps; so a record with other content is older than the
   * position.
   *
   * @param entries the whole record that would be written
   */
  private static boolean covers(
      StoredCheckpoint stored, CheckpointPosition position, Map<String, String> entries) {
    OptionalLong number = stored.sequenceNumber();
    if (number.isEmpty() || number.getAsLong() < position.sequenceNumber()) {
      return false;
    }
    return number.getAsLong() > position.sequenceNumber()
        || position.gapsRevision() == 0
        || stored.entries().equals(entries);
  }

  /**
   * The next step of a commit, for somebody who may write.
   *
   * @param fencingToken the writer's own; a higher one in the stored record is kept
   */
  static CheckpointStep commit(
      Optional<StoredCheckpoint> stored, CheckpointPosition position, OptionalLong fencingToken) {
    Map<String, String> own = FencingTokens.with(position.entries(), fencingToken);
    if (stored.isEmpty()) {
      return new CheckpointStep.Create(own);
    }
    Map<String, String> entries = stored.get().keepFencingToken(own);
    return covers(stored.get(), position, entries)
        ? new CheckpointStep.Adopt(stored.get())
        : new CheckpointStep.Replace(entries, stored.get().version());
  }
}
