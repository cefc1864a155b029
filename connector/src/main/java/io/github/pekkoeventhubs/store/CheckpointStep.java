// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;

/** The next step of a checkpoint write, after the records have been read. */
sealed interface CheckpointStep {

  /** The claim is gone: write nothing. */
  record GiveUp() implements CheckpointStep {}

  /** The stored record holds this position or a later one already: continue from its version. */
  record Adopt(StoredCheckpoint stored) implements CheckpointStep {}

  /** There is no record. */
  record Create(Map<String, String> entries) implements CheckpointStep {}

  /** Write against the version that was read. */
  record Replace(Map<String, String> entries, String expectedVersion) implements CheckpointStep {}
}
