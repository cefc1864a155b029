// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventDataBatch;
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
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Decimal128;
import org.apache.qpid.proton.amqp.Decimal32;
import org.apache.qpid.proton.amqp.Decimal64;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A property or an annotation of each type arrives as the official client sends it, also when it is
 * forwarded, or is refused with its name where that client refuses it.
 */
@SuppressWarnings("JavaUtilDate") // The encoder takes it for a point in time.
class SentTypesTest {

  private static final String HUB = "orders";

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

  private static final List<Object> VALUES =
      List.of(
          "text",
          'c',
          true,
          (byte) 1,
          (short) 2,
          3,
          4L,
          5.5f,
          6.5,
          new Date(7),
          new UUID(8, 9),
          BigInteger.TEN,
          new Binary(new byte[] {1}),
          Symbol.valueOf("symbol"),
          UnsignedByte.valueOf((byte) 200),
          UnsignedShort.valueOf((short) 300),
          UnsignedInteger.valueOf(400),
          UnsignedLong.valueOf(500),
          new Decimal32(1),
          new Decimal64(2),
          new Decimal128(1, 2),
          List.of(1, "2", List.of(3)),
          Map.of("a", Map.of("b", 1)),
          new Integer[] {1, 2},
          new String[] {"a", "b"},
          new Long[0],
          new Boolean[] {true, false},
          new Byte[] {1, 2},
          new Double[] {1.5});

  private static EventData eventOfAllTypes() {
    EventData event = new EventData("body");
    for (int i = 0; i < VALUES.size(); i++) {
      event.getProperties().put("property " + i, VALUES.get(i));
      event.getRawAmqpMessage().getMessageAnnotations().put("x-annotation-" + i, VALUES.get(i));
    }
    event.getProperties().put("nothing", null);
    return event;
  }

  private static Map<String, String> valuesOf(EventData event) {
    Map<String, String> all = new TreeMap<>();
    event.getProperties().forEach((name, value) -> all.put(name, shown(value)));
    event
        .getRawAmqpMessage()
        .getMessageAnnotations()
        .forEach(
            (name, value) -> {
              if (name.startsWith("x-annotation-")) {
                all.put(name, shown(value));
              }
            });
    return all;
  }

  private static String shown(Object value) {
    return value == null
        ? "nothing"
        : value.getClass().getName() + " " + Arrays.deepToString(new Object[] {value});
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
              .block(Duration.ofSeconds(20)));
    }
  }

  private void send(Route route, EventData event) throws Exception {
    Source.single(new Routed(event, route))
        .runWith(Producer.routedSink(settings), kit.system())
        .toCompletableFuture()
        .get(30, SECONDS);
  }

  @Test
  void eachTypeArrivesAsTheOfficialClientSendsItByEveryRouteAndWhenItIsForwarded()
      throws Exception {
    try (EventHubProducerClient client = clientBuilder().buildProducerClient()) {
      client.send(List.of(eventOfAllTypes()));
    }
    EventData official = received(1).get(0);
    List<Route> routes =
        List.of(Route.roundRobin(), Route.partitionId("0"), Route.partitionKey("k"));

    for (Route route : routes) {
      send(route, eventOfAllTypes());
      send(route, official);
    }

    assertThat(valuesOf(official)).hasSize(2 * VALUES.size() + 1);
    assertThat(received(1 + 2 * routes.size()))
        .allSatisfy(event -> assertThat(valuesOf(event)).isEqualTo(valuesOf(official)));
  }

  static Stream<Arguments> valuesWithoutAnAmqpType() {
    return Stream.<Object>of(
            new byte[] {1},
            Instant.EPOCH,
            OffsetDateTime.of(2024, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC),
            LocalDate.EPOCH,
            Duration.ofSeconds(1),
            BigDecimal.ONE,
            Locale.ROOT,
            Thread.State.NEW,
            Set.of(1),
            List.of(Instant.EPOCH),
            Map.of("a", Instant.EPOCH),
            new Object[] {1, "2"})
        .map(value -> Arguments.of(new Object[] {value}));
  }

  @ParameterizedTest
  @MethodSource("valuesWithoutAnAmqpType")
  void whatTheOfficialClientRefusesIsRefusedWithItsName(Object value) {
    EventData event = new EventData("body");
    event.getProperties().put("count", BigInteger.TEN);
    event.getProperties().put("value", value);
    try (EventHubProducerClient client = clientBuilder().buildProducerClient()) {
      EventDataBatch batch = client.createBatch();
      assertThatThrownBy(() -> batch.tryAdd(event)).isInstanceOf(RuntimeException.class);
    }

    for (Route route : List.of(Route.roundRobin(), Route.partitionKey("k"))) {
      assertThatThrownBy(() -> send(route, event))
          .cause()
          .isInstanceOf(ProduceException.class)
          .hasMessageContaining("'value'")
          .hasMessageContaining(route.toString())
          .hasMessageContaining(value.getClass().getTypeName());
    }
    assertThat(emulator.events(HUB, "0")).isEmpty();
  }
}
