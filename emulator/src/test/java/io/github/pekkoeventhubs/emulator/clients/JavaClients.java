// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Official Java clients of an emulator; closing this closes them all. */
public final class JavaClients implements AutoCloseable {
  public static final String HUB = "orders";
  public static final String GROUP = "$Default";
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EventHubsEmulator emulator;
  private final List<Runnable> closers = new ArrayList<>();

  public JavaClients(EventHubsEmulator emulator) {
    this.emulator = emulator;
  }

  public EventHubClientBuilder builder() {
    return new EventHubClientBuilder()
        .connectionString(emulator.connectionString(), HUB)
        .retryOptions(
            new AmqpRetryOptions()
                .setMaxRetries(0)
                .setDelay(Duration.ofMillis(10))
                .setTryTimeout(Duration.ofSeconds(10)));
  }

  public EventHubProducerClient producer() {
    return producer(builder());
  }

  public EventHubProducerClient producer(EventHubClientBuilder builder) {
    EventHubProducerClient producer = builder.buildProducerClient();
    closers.add(producer::close);
    return producer;
  }

  public EventHubConsumerAsyncClient consumer() {
    return consumer(GROUP);
  }

  public EventHubConsumerAsyncClient consumer(String consumerGroup) {
    return consumer(builder().consumerGroup(consumerGroup));
  }

  public EventHubConsumerAsyncClient consumer(EventHubClientBuilder builder) {
    EventHubConsumerAsyncClient consumer = builder.buildAsyncConsumerClient();
    closers.add(consumer::close);
    return consumer;
  }

  /** Subscribes and stays subscribed until this is closed. */
  public Receiving receive(
      EventHubConsumerAsyncClient consumer,
      String partitionId,
      EventPosition position,
      ReceiveOptions options) {
    Receiving receiving =
        new Receiving(consumer.receiveFromPartition(partitionId, position, options));
    closers.add(receiving::cancel);
    return receiving;
  }

  public Receiving receive(String partitionId, EventPosition position) {
    return receive(consumer(), partitionId, position, new ReceiveOptions());
  }

  public static ReceiveOptions ownerLevel(long level) {
    return new ReceiveOptions().setOwnerLevel(level);
  }

  /** The first events from a position on. */
  public static List<PartitionEvent> take(
      EventHubConsumerAsyncClient consumer, String partitionId, EventPosition position, int count) {
    return consumer
        .receiveFromPartition(partitionId, position)
        .take(count)
        .collectList()
        .blockOptional(PATIENCE)
        .orElseThrow();
  }

  public static List<String> bodies(List<PartitionEvent> events) {
    return events.stream().map(event -> event.getData().getBodyAsString()).toList();
  }

  @Override
  public void close() {
    for (int i = closers.size() - 1; i >= 0; i--) {
      closers.get(i).run();
    }
  }
}
