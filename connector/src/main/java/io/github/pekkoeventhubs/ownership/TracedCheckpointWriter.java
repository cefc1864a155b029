// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import io.github.pekkoeventhubs.store.WriteOutcome;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Traces each attempt to write a checkpoint. Rules for threads are those of the writer. */
record TracedCheckpointWriter(CheckpointWriter writer, PartitionTracing tracing)
    implements CheckpointWriter {

  /** The writer itself where nothing is traced. */
  static CheckpointWriter around(CheckpointWriter writer, PartitionTracing tracing) {
    return tracing == PartitionTracing.NONE ? writer : new TracedCheckpointWriter(writer, tracing);
  }

  @Override
  public CompletionStage<WriteOutcome> write(CheckpointPosition position) {
    Consumer<@Nullable Throwable> end = tracing.storing(position.sequenceNumber());
    CompletionStage<WriteOutcome> written;
    try {
      written = writer.write(position);
    } catch (RuntimeException e) {
      end.accept(e);
      throw e;
    }
    return written.whenComplete(
        (outcome, failure) -> end.accept(failure == null ? null : StageFailure.causeOf(failure)));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> replace(Map<String, String> entries) {
    return writer.replace(entries);
  }

  @Override
  public Optional<StoredCheckpoint> stored() {
    return writer.stored();
  }

  @Override
  public OptionalLong fencingToken() {
    return writer.fencingToken();
  }

  @Override
  public long conflicts() {
    return writer.conflicts();
  }
}
