// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Official Java clients of an emulator; closing this closes them all. */
final class JavaClients implements AutoCloseable {
  static final String HUB = "orders";
  static final String GROUP = "$Default";
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EventHubsEmulator emulator;
  private final List<Runnable> closers = new ArrayList<>();

  JavaClients(EventHubsEmulator emulator) {
    this.emulator = emulator;
  }

  EventHubClientBuilder builder() {
    return new EventHubClientBuilder()
        .connectionString(emulator.connectionString(), HUB)
        .retryOptions(
            new AmqpRetryOptions()
                .setMaxRetries(0)
                .setDelay(Duration.ofMillis(10))
                .setTryTimeout(Duration.ofSeconds(10)));
  }

  EventHubProducerClient producer() {
    return producer(builder());
  }

  EventHubProducerClient producer(EventHubClientBuilder builder) {
    EventHubProducerClient producer = builder.buildProducerClient();
    closers.add(producer::close);
    return producer;
  }

  EventHubConsumerAsyncClient consumer() {
    return consumer(GROUP);
  }

  EventHubConsumerAsyncClient consumer(String consumerGroup) {
    return consumer(builder().consumerGroup(consumerGroup));
  }

  EventHubConsumerAsyncClient consumer(EventHubClientBuilder builder) {
    EventHubConsumerAsyncClient consumer = builder.buildAsyncConsumerClient();
    closers.add(consumer::close);
    return consumer;
  }

  /** Subscribes and stays subscribed until this is closed. */
  Receiving receive(
      EventHubConsumerAsyncClient consumer,
      String partitionId,
      EventPosition position,
      ReceiveOptions options) {
    Receiving receiving =
        new Receiving(consumer.receiveFromPartition(partitionId, position, options));
    closers.add(receiving::cancel);
    return receiving;
  }

  Receiving receive(String partitionId, EventPosition position) {
    return receive(consumer(), partitionId, position, new ReceiveOptions());
  }

  static ReceiveOptions ownerLevel(long level) {
    return new ReceiveOptions().setOwnerLevel(level);
  }

  /** The first events from a position on. */
  static List<PartitionEvent> take(
      EventHubConsumerAsyncClient consumer, String partitionId, EventPosition position, int count) {
    return consumer
        .receiveFromPartition(partitionId, position)
        .take(count)
        .collectList()
        .blockOptional(PATIENCE)
        .orElseThrow();
  }

  static List<String> bodies(List<PartitionEvent> events) {
    return events.stream().map(event -> event.getData().getBodyAsString()).toList();
  }

  @Override
  public void close() {
    for (int i = closers.size() - 1; i >= 0; i--) {
      closers.get(i).run();
    }
  }
}
