// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorSystem;

/**
 * An event hub to be read from its beginning.
 *
 * @param eventsPerPartition how many there are
 */
record ConsumeTask(
    ActorSystem system,
    ServicesProcess services,
    String eventHub,
    int partitions,
    int eventsPerPartition) {

  long events() {
    return (long) partitions * eventsPerPartition;
  }

  String consumerGroup() {
    return ServicesProcess.CONSUMER_GROUP;
  }

  List<String> partitionIds() {
    return IntStream.range(0, partitions).mapToObj(Integer::toString).toList();
  }

  RateMeter meter() {
    return new RateMeter(events());
  }

  /** The SDK's clients, one for each connection. */
  List<EventHubConsumerAsyncClient> clients(Tuning tuning) {
    List<EventHubConsumerAsyncClient> clients = new ArrayList<>();
    for (int i = 0; i < tuning.connections(); i++) {
      clients.add(
          new EventHubClientBuilder()
              .connectionString(services.eventHubs(), eventHub)
              .consumerGroup(consumerGroup())
              .prefetchCount(tuning.prefetch())
              .buildAsyncConsumerClient());
    }
    return clients;
  }
}
