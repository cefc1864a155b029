// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import com.azure.messaging.eventhubs.EventData;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A trace of a batch that never fails, whatever the one inside throws.
 *
 * @param trace the one inside
 * @param failures is told of what it throws
 */
record GuardedBatchTrace(BatchTrace trace, TracingFailures failures) implements BatchTrace {

  @Override
  public void added(EventData event) {
    try {
      trace.added(event);
    } catch (Throwable e) {
      failures.happened("an event is put into a batch", e);
    }
  }

  @Override
  public Consumer<@Nullable Throwable> sending() {
    try {
      return failures.guarded("the service has answered a batch", trace.sending());
    } catch (Throwable e) {
      failures.happened("a batch is to be sent", e);
      return failure -> {};
    }
  }
}
