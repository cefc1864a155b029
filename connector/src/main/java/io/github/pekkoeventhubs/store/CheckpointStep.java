// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;

/** The next step of a checkpoint write, after the records have been read. */
sealed interface CheckpointStep {

  /** Calls the method of this kind of step. */
  <R> R choose(Kinds<R> kinds);

  /** One method for each kind of step: a kind without one does not compile. */
  interface Kinds<R> {
    R giveUp();

    R adopt(StoredCheckpoint stored);

    R create(Map<String, String> entries);

    R replace(Map<String, String> entries, String expectedVersion);
  }

  /** The claim is gone: write nothing. */
  record GiveUp() implements CheckpointStep {
    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.giveUp();
    }
  }

  /** The stored record holds this position or a later one already: continue from its version. */
  record Adopt(StoredCheckpoint stored) implements CheckpointStep {
    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.adopt(stored);
    }
  }

  /** There is no record. */
  record Create(Map<String, String> entries) implements CheckpointStep {
    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.create(entries);
    }
  }

  /** Write against the version that was read. */
  record Replace(Map<String, String> entries, String expectedVersion) implements CheckpointStep {
    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.replace(entries, expectedVersion);
    }
  }
}
