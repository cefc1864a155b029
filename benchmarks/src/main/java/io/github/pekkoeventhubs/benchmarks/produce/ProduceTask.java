// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.produce;

import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import org.apache.pekko.actor.ActorSystem;

/**
 * Events to be sent, partition by partition as the service likes.
 *
 * @param client connected already
 * @param inFlight how many batches may be on their way
 */
record ProduceTask(
    ActorSystem system,
    EventHubProducerAsyncClient client,
    int events,
    int bodyBytes,
    int inFlight) {}
