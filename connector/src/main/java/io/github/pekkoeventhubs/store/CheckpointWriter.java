// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.annotation.InternalApi;

/**
 * Writes the checkpoint of one partition in one epoch. Not for concurrent use: the next write
 * starts when the stage of the one before has completed. Retries nothing that has failed.
 */
@InternalApi
public interface CheckpointWriter {

  /**
   * Stores the position unless the store holds it, or a later one. After a failure the position may
   * be stored or not; it is safe to call this again.
   */
  CompletionStage<WriteOutcome> write(CheckpointPosition position);

  /**
   * Replaces the checkpoint as it is now by these entries, of a lower position or of none. To be
   * called before the first write.
   *
   * @return the new checkpoint; empty if somebody else has changed it meanwhile
   */
  CompletionStage<Optional<StoredCheckpoint>> replace(Map<String, String> entries);

  /** The checkpoint as last read or written; empty if there is none yet. Any thread. */
  Optional<StoredCheckpoint> stored();

  /**
   * The number of the epoch that writes here, higher than those of all earlier epochs; empty if the
   * partition is not claimed, or the store cannot fence. Any thread.
   */
  OptionalLong fencingToken();

  /** How often the store has refused a write because of another version. Any thread. */
  long conflicts();
}
