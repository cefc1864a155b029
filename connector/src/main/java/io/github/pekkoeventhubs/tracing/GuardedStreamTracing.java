// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.EventHubPartition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tracing that never fails, whatever the one inside throws: it goes on without that span. All
 * that is made of it is guarded in the same way.
 *
 * @param tracing the one inside
 * @param failures is told of what it throws
 */
record GuardedStreamTracing(StreamTracing tracing, TracingFailures failures)
    implements StreamTracing {

  static GuardedStreamTracing around(StreamTracing tracing) {
    return new GuardedStreamTracing(tracing, new TracingFailures());
  }

  @Override
  public PartitionTracing partition(EventHubPartition partition, Acknowledgement acknowledgement) {
    try {
      return new GuardedPartitionTracing(
          Objects.requireNonNull(tracing.partition(partition, acknowledgement)), failures);
    } catch (Throwable e) {
      failures.happened("a partition begins", e);
      return PartitionTracing.NONE;
    }
  }

  @Override
  public ProducerTracing producer(String namespace, String eventHub) {
    try {
      return new GuardedProducerTracing(
          Objects.requireNonNull(tracing.producer(namespace, eventHub)), failures);
    } catch (Throwable e) {
      failures.happened("a producer begins", e);
      return ProducerTracing.NONE;
    }
  }

  @Override
  public @Nullable Object callersContext() {
    try {
      return tracing.callersContext();
    } catch (Throwable e) {
      failures.happened("a producer asks for the context of its caller", e);
      return null;
    }
  }
}
