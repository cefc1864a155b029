// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A tracing of a partition that never fails, whatever the one inside throws. It allocates nothing
 * per event.
 *
 * @param tracing the one inside
 * @param failures is told of what it throws
 */
record GuardedPartitionTracing(PartitionTracing tracing, TracingFailures failures)
    implements PartitionTracing {

  @Override
  public @Nullable EventTrace trace(PartitionEvent event) {
    try {
      return tracing.trace(event);
    } catch (Throwable e) {
      failures.happened("the context of an event is read", e);
      return null;
    }
  }

  @Override
  public void emitted(EventTrace trace) {
    try {
      tracing.emitted(trace);
    } catch (Throwable e) {
      failures.happened("an event is emitted", e);
    }
  }

  @Override
  public void acknowledged(long sequenceNumber) {
    try {
      tracing.acknowledged(sequenceNumber);
    } catch (Throwable e) {
      failures.happened("an event is acknowledged", e);
    }
  }

  @Override
  public void skipped(long sequenceNumber) {
    try {
      tracing.skipped(sequenceNumber);
    } catch (Throwable e) {
      failures.happened("an event is skipped", e);
    }
  }

  @Override
  public Consumer<@Nullable Throwable> storing(long sequenceNumber) {
    try {
      return failures.guarded("the store has answered", tracing.storing(sequenceNumber));
    } catch (Throwable e) {
      failures.happened("a checkpoint is to be stored", e);
      return failure -> {};
    }
  }

  @Override
  public void streamFailed() {
    try {
      tracing.streamFailed();
    } catch (Throwable e) {
      failures.happened("a stream has failed", e);
    }
  }

  @Override
  public void ended() {
    try {
      tracing.ended();
    } catch (Throwable e) {
      failures.happened("a partition is given up", e);
    }
  }
}
