// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.Test;

/** The settings lead nowhere, so that only clients that were customized reach the service. */
class ClientCustomizerTest extends FixedPartitionStreams {

  private static final String NOWHERE =
      "Endpoint=sb://nowhere.invalid/;SharedAccessKeyName=any;SharedAccessKey=a2V5";

  private EventHubClientBuilder toTheService(EventHubClientBuilder builder) {
    return builder.connectionString(
        services.eventHubs().connectionString(), EmbeddedServices.EVENT_HUB);
  }

  private ConsumerSettings consumer() {
    return ConsumerSettings.create(system())
        .withConnectionString(NOWHERE)
        .withEventHubName(EmbeddedServices.EVENT_HUB)
        .withConsumerGroup(EmbeddedServices.CONSUMER_GROUP)
        .withInitialPosition(EventPosition.earliest())
        .withClientCustomizer(this::toTheService);
  }

  @Test
  void everyClientIsCustomized() throws Exception {
    ProducerSettings producer =
        ProducerSettings.create(system())
            .withConnectionString(NOWHERE)
            .withEventHubName(EmbeddedServices.EVENT_HUB)
            .withClientCustomizer(this::toTheService);
    await(
        Source.from(List.of("a", "b", "c"))
            .map(EventData::new)
            .runWith(Producer.plainSink(producer), system()));

    // Two connections, each with a client of its own.
    List<String> received =
        await(
            Consumer.plainSource(consumer().withConnections(2), Subscriptions.partitions("0", "1"))
                .map(event -> event.getData().getBodyAsString())
                .take(3)
                .toMat(Sink.seq(), Keep.right())
                .run(system()));
    assertThat(received).containsExactlyInAnyOrder("a", "b", "c");

    EventHubsMetadata metadata = EventHubsMetadata.create(consumer(), system());
    try {
      assertThat(
              await(metadata.partitionProperties()).values().stream()
                  .flatMap(partition -> Stream.of(partition.getLastEnqueuedSequenceNumber()))
                  .mapToLong(last -> last + 1)
                  .sum())
          .isEqualTo(3);
    } finally {
      metadata.close();
    }
  }
}
