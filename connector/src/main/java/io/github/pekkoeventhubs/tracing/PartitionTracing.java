// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.util.function.Consumer;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * Traces one partition during one epoch of a stream that acknowledges its events. Any thread, but
 * for {@link #trace}; nothing blocks or fails.
 */
@InternalApi
public interface PartitionTracing {

  /** Traces nothing, and allocates nothing. */
  PartitionTracing NONE =
      new PartitionTracing() {
        @Override
        public @Nullable EventTrace trace(PartitionEvent event) {
          return null;
        }

        @Override
        public void acknowledged(long sequenceNumber) {}

        @Override
        public void skipped(long sequenceNumber) {}

        @Override
        public Consumer<@Nullable Throwable> storing(long sequenceNumber) {
          return failure -> {};
        }

        @Override
        public void streamFailed() {}

        @Override
        public void ended() {}
      };

  /**
   * The trace of an event that is about to be emitted, which goes with its offset. Called by the
   * stage alone, in the order of the events.
   *
   * @return null if nothing is traced
   */
  @Nullable EventTrace trace(PartitionEvent event);

  /** The event of this trace is emitted now. Called at most once for each, by the stage alone. */
  default void emitted(EventTrace trace) {
    trace.emitted();
  }

  /** The event is acknowledged; where acknowledgements are in order, all before it are, too. */
  void acknowledged(long sequenceNumber);

  /** The event needs no acknowledgement. This says nothing of those before it. */
  void skipped(long sequenceNumber);

  /**
   * An attempt to store a checkpoint begins.
   *
   * @param sequenceNumber the last event that it includes
   * @return to be told of its end, with what it failed with
   */
  Consumer<@Nullable Throwable> storing(long sequenceNumber);

  /** The stream has failed. Events that it has passed on may still be acknowledged. */
  void streamFailed();

  /** The epoch is over: nothing of it is acknowledged any more. Idempotent. */
  void ended();
}
