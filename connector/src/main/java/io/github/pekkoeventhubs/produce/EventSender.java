// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.log.LogKeys;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of the SDK's producer client that is used. Attempts that fail are repeated by the
 * caller; the sender does not retry.
 */
interface EventSender {

  /** The ids of all partitions that the event hub has now; connects where necessary. */
  CompletionStage<List<String>> partitionIds();

  /** An empty batch for the destination; connects where necessary. */
  CompletionStage<EventBatch> openBatch(Destination destination);

  /**
   * Returns the function that every event passes before it is placed.
   *
   * @param next takes the event then
   * @param caller the context of the thread that ran the stream
   */
  default Consumer<OutgoingEvent> intake(Consumer<OutgoingEvent> next, @Nullable Object caller) {
    return next;
  }

  /** Names the event hub and its namespace, for the middle of a sentence. */
  String target();

  /** The names of the event hub and its namespace, for log lines. */
  default LogKeys keys() {
    return LogKeys.NONE;
  }

  /** Gives up the connection, if it is the sender's own. Does not wait for it. */
  void close();

  /** A batch that knows its encoded size. Not thread-safe. */
  interface EventBatch {

    /** Adds the event if it fits in, with its key if it has one. */
    boolean tryAdd(Routed event);

    /** The bytes a batch may have. */
    long limit();

    /** The bytes that it has. */
    default long size() {
      return 0;
    }

    /** Sends the batch; may be called again after a failure. Completes with the acknowledgement. */
    CompletionStage<?> send();
  }
}
