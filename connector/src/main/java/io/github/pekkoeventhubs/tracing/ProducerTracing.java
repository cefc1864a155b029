// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import com.azure.messaging.eventhubs.EventData;
import java.util.Map;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** Traces what one producer sends. Any thread; nothing blocks or fails. */
@InternalApi
public interface ProducerTracing {

  /** Traces nothing. */
  ProducerTracing NONE =
      new ProducerTracing() {
        @Override
        public Map<String, String> created(
            EventData event, @Nullable Object origin, @Nullable Object caller) {
          return Map.of();
        }

        @Override
        public BatchTrace batch(@Nullable String partitionId) {
          return BatchTrace.NONE;
        }
      };

  /**
   * An event has come to the producer.
   *
   * @param origin the element's own: the parent that was added to the event in the way of the SDK,
   *     or the object that its envelope passes through, or what {@link
   *     StreamTracing#callersContext} was when it was given to a producer without a stream
   * @param caller what {@link StreamTracing#callersContext} was when the stream was run
   * @return the properties that tell its receivers of this trace; empty if the event tells them of
   *     one already
   */
  Map<String, String> created(EventData event, @Nullable Object origin, @Nullable Object caller);

  /**
   * A batch is begun.
   *
   * @param partitionId where it goes; null where the service chooses
   */
  BatchTrace batch(@Nullable String partitionId);
}
