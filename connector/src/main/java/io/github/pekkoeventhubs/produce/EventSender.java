// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.util.concurrent.CompletionStage;

/**
 * The part of the SDK's producer client that is used. Attempts that fail are repeated by the
 * caller; the sender does not retry.
 */
interface EventSender {

  /** An empty batch for the route; connects where necessary. */
  CompletionStage<EventBatch> openBatch(Route route);

  /** Gives up the connection, if it is the sender's own. Does not wait for it. */
  void close();

  /** A batch that knows its encoded size. Not thread-safe. */
  interface EventBatch {

    /** Adds the event if it fits in. */
    boolean tryAdd(EventData event);

    /** The bytes a batch may have. */
    long limit();

    /** Sends the batch; may be called again after a failure. Completes with the acknowledgement. */
    CompletionStage<?> send();
  }
}
