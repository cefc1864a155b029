// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import com.azure.messaging.eventhubs.EventData;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tracing of a producer that never fails, whatever the one inside throws.
 *
 * @param tracing the one inside
 * @param failures is told of what it throws
 */
record GuardedProducerTracing(ProducerTracing tracing, TracingFailures failures)
    implements ProducerTracing {

  @Override
  public Map<String, String> created(
      EventData event, @Nullable Object origin, @Nullable Object caller) {
    try {
      return Objects.requireNonNull(tracing.created(event, origin, caller));
    } catch (Throwable e) {
      failures.happened("an event comes to a producer", e);
      return Map.of();
    }
  }

  @Override
  public BatchTrace batch(@Nullable String partitionId) {
    try {
      return new GuardedBatchTrace(Objects.requireNonNull(tracing.batch(partitionId)), failures);
    } catch (Throwable e) {
      failures.happened("a batch is begun", e);
      return BatchTrace.NONE;
    }
  }
}
