// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.amqp.models.AmqpAddress;
import com.azure.core.amqp.models.AmqpAnnotatedMessage;
import com.azure.core.amqp.models.AmqpMessageHeader;
import com.azure.core.amqp.models.AmqpMessageProperties;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An event arrives as the official client would have sent it, whatever its route. */
class SentUnchangedTest {

  private static final String HUB = "orders";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());

  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 1).start();

  private final ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withConnectionString(emulator.connectionString())
          .withEventHubName(HUB)
          .withMaxRetries(0);

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void stopTheEmulator() {
    emulator.close();
  }

  private static Stream<Route> routes() {
    return Stream.of(Route.roundRobin(), Route.partitionId("0"), Route.partitionKey("k"));
  }

  private static EventData event() {
    EventData event = new EventData("body");
    event.setContentType("application/json").setCorrelationId("correlation").setMessageId("id");
    AmqpMessageProperties properties = event.getRawAmqpMessage().getProperties();
    properties
        .setUserId(new byte[] {1, 2})
        .setGroupId("group")
        .setGroupSequence(7L)
        .setReplyToGroupId("reply group")
        .setSubject("subject")
        .setTo(new AmqpAddress("to"))
        .setReplyTo(new AmqpAddress("reply to"))
        .setContentEncoding("gzip")
        .setCreationTime(OffsetDateTime.of(2024, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC))
        .setAbsoluteExpiryTime(OffsetDateTime.of(2034, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC));
    event.getRawAmqpMessage().getMessageAnnotations().put("x-opt-tenant", "t1");
    event
        .getRawAmqpMessage()
        .getHeader()
        .setTimeToLive(Duration.ofMinutes(1))
        .setDurable(true)
        .setPriority((short) 9);
    event
        .getProperties()
        .put("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    event.getProperties().put("numbers", new Integer[] {1, 2});
    event.getProperties().put("list", List.of(1, "2"));
    return event;
  }

  /** Everything that a reader can see, but for what the service adds. */
  private static Map<String, Object> everythingOf(EventData event) {
    AmqpAnnotatedMessage message = event.getRawAmqpMessage();
    AmqpMessageProperties properties = message.getProperties();
    AmqpMessageHeader header = message.getHeader();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("body", event.getBodyAsString());
    all.put("content type", properties.getContentType());
    all.put("correlation", String.valueOf(properties.getCorrelationId()));
    all.put("id", String.valueOf(properties.getMessageId()));
    all.put("user", Arrays.toString(properties.getUserId()));
    all.put("group", properties.getGroupId());
    all.put("group sequence", properties.getGroupSequence());
    all.put("reply group", properties.getReplyToGroupId());
    all.put("subject", properties.getSubject());
    all.put("to", String.valueOf(properties.getTo()));
    all.put("reply to", String.valueOf(properties.getReplyTo()));
    all.put("encoding", properties.getContentEncoding());
    all.put("created", properties.getCreationTime());
    all.put("expires", properties.getAbsoluteExpiryTime());
    all.put("tenant", message.getMessageAnnotations().get("x-opt-tenant"));
    all.put("time to live", header.getTimeToLive());
    all.put("durable", header.isDurable());
    all.put("priority", header.getPriority());
    all.put("first acquirer", header.isFirstAcquirer());
    all.put("footer", message.getFooter());
    event
        .getProperties()
        .forEach(
            (name, value) ->
                all.put(
                    "property " + name,
                    value instanceof int[] array ? Arrays.toString(array) : String.valueOf(value)));
    return all;
  }

  private void send(Route route, EventData event) throws Exception {
    Source.single(new Routed(event, route))
        .runWith(Producer.routedSink(settings), kit.system())
        .toCompletableFuture()
        .get(30, SECONDS);
  }

  private void sendWithTheOfficialClient(EventData event) {
    try (EventHubProducerClient client = clientBuilder().buildProducerClient()) {
      client.send(List.of(event));
    }
  }

  private EventHubClientBuilder clientBuilder() {
    return new EventHubClientBuilder().connectionString(emulator.connectionString(), HUB);
  }

  private List<EventData> received(int count) {
    try (EventHubConsumerAsyncClient client =
        clientBuilder().consumerGroup("$Default").buildAsyncConsumerClient()) {
      return Objects.requireNonNull(
          client
              .receiveFromPartition("0", EventPosition.earliest())
              .map(PartitionEvent::getData)
              .take(count)
              .collectList()
              .block(PATIENCE));
    }
  }

  @ParameterizedTest
  @MethodSource("routes")
  void aFreshEventArrivesAsTheOfficialClientWouldHaveSentIt(Route route) throws Exception {
    sendWithTheOfficialClient(event());
    send(route, event());

    List<EventData> received = received(2);

    assertThat(everythingOf(received.get(1))).isEqualTo(everythingOf(received.get(0)));
    assertThat(everythingOf(received.get(1))).containsEntry("tenant", "t1");
  }

  @ParameterizedTest
  @MethodSource("routes")
  void aReceivedEventIsForwardedWithEverythingThatItsSenderGaveIt(Route route) throws Exception {
    sendWithTheOfficialClient(event());
    EventData first = received(1).get(0);

    send(route, first);

    assertThat(everythingOf(received(2).get(1))).isEqualTo(everythingOf(first));
  }

  @ParameterizedTest
  @MethodSource("routes")
  void aReceivedEventWithoutAHeaderIsForwardedWithoutOne(Route route) throws Exception {
    sendWithTheOfficialClient(new EventData("plain"));
    EventData first = received(1).get(0);

    send(route, first);

    assertThat(everythingOf(received(2).get(1))).isEqualTo(everythingOf(first));
  }

  @ParameterizedTest
  @MethodSource("routes")
  void theUsersObjectIsNotChanged(Route route) throws Exception {
    EventData event = event();
    Map<String, Object> before = everythingOf(event);

    send(route, event);

    assertThat(everythingOf(event)).isEqualTo(before);
    assertThat(event.getRawAmqpMessage().getMessageAnnotations()).containsOnlyKeys("x-opt-tenant");
  }

  /** The official client writes text for the names of a footer, which no Java client can read. */
  @ParameterizedTest
  @MethodSource("routes")
  void aFooterIsSentSoThatItCanBeReadAndForwarded(Route route) throws Exception {
    EventData event = event();
    event.getRawAmqpMessage().getFooter().put("checksum", 42);

    send(route, event);
    EventData first = received(1).get(0);
    send(route, first);

    assertThat(first.getRawAmqpMessage().getFooter()).isEqualTo(Map.of("checksum", 42));
    assertThat(everythingOf(received(2).get(1))).isEqualTo(everythingOf(first));
    assertThat(event.getRawAmqpMessage().getFooter()).isEqualTo(Map.of("checksum", 42));
  }

  private static Stream<Object> valuesWithoutAnAmqpType() {
    return Stream.of(new byte[] {1}, Instant.EPOCH, BigDecimal.ONE);
  }

  @ParameterizedTest
  @MethodSource("valuesWithoutAnAmqpType")
  void aPropertyThatCannotBeSentIsNamed(Object value) {
    EventData event = new EventData("body");
    event.getProperties().put("price", value);

    assertThatThrownBy(() -> send(Route.partitionKey("k"), event))
        .cause()
        .isInstanceOf(ProduceException.class)
        .hasMessageContaining("'price'")
        .hasMessageContaining("PartitionKey[key=k]")
        .hasMessageContaining(value.getClass().getTypeName());
    assertThat(emulator.events(HUB, "0")).isEmpty();
  }

  @Test
  void primitiveArraysAreSentAsAmqpArrays() throws Exception {
    EventData event = new EventData("body");
    event.getProperties().put("numbers", new int[] {1, 2});

    send(Route.roundRobin(), event);

    assertThat(received(1).get(0).getProperties().get("numbers")).isEqualTo(new int[] {1, 2});
  }
}
