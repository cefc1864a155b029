// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Handles an event that is too large to be sent; without a handler the stream fails.
 *
 * <p>Called on a thread of the SDK or of the actor system, which it must not block, and for several
 * events at a time; for events of one partition key or partition one at a time and in order. The
 * batch the event is part of waits for the answer, so that the order is kept and the result of the
 * envelope means that the event has been dealt with. A failure of the handler fails the stream.
 */
@FunctionalInterface
public interface OversizedEventHandler {

  /**
   * Deals with the event. The answer is an event to be sent in its place (for instance one that
   * names where the body has been stored), or empty when nothing is to be sent.
   */
  CompletionStage<Optional<EventData>> handle(Routed event, EventTooLargeException reason);
}
