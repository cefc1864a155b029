// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import com.azure.messaging.eventhubs.EventData;
import java.util.function.Consumer;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** The trace of one batch that is sent. Used by one thread at a time; never fails. */
@InternalApi
public interface BatchTrace {

  /** Traces nothing. */
  BatchTrace NONE =
      new BatchTrace() {
        @Override
        public void added(EventData event) {}

        @Override
        public Consumer<@Nullable Throwable> sending() {
          return failure -> {};
        }
      };

  /** This event is in the batch, as it is sent. */
  void added(EventData event);

  /**
   * An attempt to send the batch begins.
   *
   * @return to be told of its end, with what it failed with; on any thread
   */
  Consumer<@Nullable Throwable> sending();
}
