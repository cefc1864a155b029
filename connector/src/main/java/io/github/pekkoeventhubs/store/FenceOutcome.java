// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StoredOwnership;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;

/** The result of an attempt to fence off the earlier owners of a partition. */
@InternalApi
public sealed interface FenceOutcome {

  /**
   * No earlier owner can commit any more.
   *
   * @param checkpoint the writer of this claim's checkpoint; its {@link CheckpointWriter#stored()}
   *     is the position to continue from
   */
  record Fenced(CheckpointWriter checkpoint) implements FenceOutcome {}

  /**
   * The claim is gone; nothing was written after that was known.
   *
   * @param current the ownership record as it stands; empty if there is none
   */
  record Lost(Optional<StoredOwnership> current) implements FenceOutcome {}
}
