// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.amqp.models.AmqpAddress;
import com.azure.core.amqp.models.AmqpAnnotatedMessage;
import com.azure.core.amqp.models.AmqpMessageHeader;
import com.azure.core.amqp.models.AmqpMessageProperties;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.CreateBatchOptions;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.messaging.eventhubs.models.SendOptions;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Decimal128;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a test puts into an event hub arrives as if the official Java client had sent it. */
@SuppressWarnings("JavaUtilDate") // The encoder takes it for a point in time.
class EventFieldsTest {
  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 1).start();
  private final JavaClients clients = new JavaClients(emulator);

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  private void sendOfficially(EventData event) {
    clients.producer().send(List.of(event), new SendOptions().setPartitionId("0"));
  }

  private List<EventData> received(int count) {
    return take(clients.consumer(), "0", EventPosition.earliest(), count).stream()
        .map(PartitionEvent::getData)
        .toList();
  }

  static Stream<Consumer<EventData>> fields() {
    Instant time = Instant.parse("2026-01-02T03:04:05.006Z");
    return Stream.of(
        event -> event.setMessageId("id").setCorrelationId("correlation").setContentType("type"),
        event -> properties(event).setUserId(new byte[] {1, 2}),
        event -> properties(event).setGroupId("group").setGroupSequence(7L),
        event -> properties(event).setReplyToGroupId("reply group"),
        event -> properties(event).setSubject("subject").setContentEncoding("gzip"),
        event -> properties(event).setTo(new AmqpAddress("to")).setReplyTo(new AmqpAddress("back")),
        event -> properties(event).setCreationTime(time.atOffset(ZoneOffset.UTC)),
        event -> properties(event).setAbsoluteExpiryTime(time.atOffset(ZoneOffset.ofHours(2))),
        event -> header(event).setTimeToLive(Duration.ofMinutes(1)),
        event -> header(event).setDurable(true).setPriority((short) 9),
        event -> header(event).setDeliveryCount(3L).setFirstAcquirer(true),
        event -> event.getRawAmqpMessage().getMessageAnnotations().put("x-opt-tenant", "t1"),
        event -> event.getRawAmqpMessage().getMessageAnnotations().put("n", UUID.randomUUID()),
        event -> event.getRawAmqpMessage().getDeliveryAnnotations().put("hop", 1),
        EventFieldsTest::putFooter);
  }

  /** With a symbol as its name: text there is sent by either, and cannot be read. */
  @SuppressWarnings({"rawtypes", "unchecked"})
  private static void putFooter(EventData event) {
    ((Map) event.getRawAmqpMessage().getFooter()).put(Symbol.valueOf("checksum"), 42);
  }

  private static AmqpMessageProperties properties(EventData event) {
    return event.getRawAmqpMessage().getProperties();
  }

  private static AmqpMessageHeader header(EventData event) {
    return event.getRawAmqpMessage().getHeader();
  }

  /** Everything that a reader can see, but for what belongs to the place of the event. */
  private static Map<String, Object> everythingOf(EventData event) {
    AmqpAnnotatedMessage message = event.getRawAmqpMessage();
    AmqpMessageProperties properties = message.getProperties();
    AmqpMessageHeader header = message.getHeader();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("body", event.getBodyAsString());
    all.put("ids", properties.getMessageId() + " " + properties.getCorrelationId());
    all.put("type", properties.getContentType() + " " + properties.getContentEncoding());
    all.put("user", Arrays.toString(properties.getUserId()));
    all.put("group", properties.getGroupId() + " " + properties.getGroupSequence());
    all.put("reply group", properties.getReplyToGroupId());
    all.put("subject", properties.getSubject());
    all.put("addresses", properties.getTo() + " " + properties.getReplyTo());
    all.put("times", properties.getCreationTime() + " " + properties.getAbsoluteExpiryTime());
    all.put("ttl", header.getTimeToLive());
    all.put("header", header.isDurable() + " " + header.getPriority());
    all.put("delivery", header.getDeliveryCount() + " " + header.isFirstAcquirer());
    all.put("footer", message.getFooter());
    all.put("delivery annotations", message.getDeliveryAnnotations());
    message
        .getMessageAnnotations()
        .forEach(
            (name, value) -> {
              if (!Set.of("x-opt-offset", "x-opt-sequence-number", "x-opt-enqueued-time")
                  .contains(name)) {
                all.put("annotation " + name, name.equals("x-value") ? shown(value) : value);
              }
            });
    event.getProperties().forEach((name, value) -> all.put("property " + name, shown(value)));
    return all;
  }

  private static Object shown(Object value) {
    if (value == null) {
      return "nothing";
    }
    return value.getClass().getName() + " " + Arrays.deepToString(new Object[] {value});
  }

  @ParameterizedTest
  @MethodSource("fields")
  void everyFieldArrivesAsTheOfficialClientSendsIt(Consumer<EventData> field) {
    EventData event = new EventData("body");
    field.accept(event);

    sendOfficially(event);
    emulator.send(HUB, "0", event);

    List<EventData> received = received(2);
    assertThat(everythingOf(received.get(1))).isEqualTo(everythingOf(received.get(0)));
  }

  @ParameterizedTest
  @MethodSource("fields")
  void everyFieldArrivesWithAKeyAsTheOfficialClientSendsIt(Consumer<EventData> field) {
    EventData event = new EventData("body");
    field.accept(event);

    emulator.sendWithKey(HUB, "k", event);
    // This one writes the key into the event.
    clients.producer().send(List.of(event), new SendOptions().setPartitionKey("k"));

    List<EventData> received = received(2);
    assertThat(everythingOf(received.get(0)))
        .isEqualTo(everythingOf(received.get(1)))
        .containsEntry("annotation x-opt-partition-key", "k");
  }

  static Stream<Arguments> types() {
    return Stream.<Object>of(
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
            new Decimal128(1, 2),
            List.of(1, "2", List.of(3)),
            Map.of("a", Map.of("b", 1)),
            new Integer[] {1, 2},
            new String[] {"a", "b"},
            new Long[0],
            new byte[] {1},
            new int[] {1},
            Instant.EPOCH,
            OffsetDateTime.of(2024, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC),
            LocalDate.EPOCH,
            Duration.ofSeconds(1),
            BigDecimal.ONE,
            Locale.ROOT,
            Thread.State.NEW,
            Set.of(1),
            List.of(Instant.EPOCH),
            new Object[] {1, "2"})
        .map(value -> Arguments.of(new Object[] {value}));
  }

  @ParameterizedTest
  @MethodSource("types")
  void aTypeArrivesAsTheOfficialClientSendsItOrIsRefusedAsItRefusesIt(Object value) {
    EventData event = new EventData("body");
    event.getProperties().put("value", value);
    event.getRawAmqpMessage().getMessageAnnotations().put("x-value", value);
    boolean taken;
    try {
      sendOfficially(event);
      taken = true;
    } catch (RuntimeException e) {
      taken = false;
    }

    if (taken) {
      assertThatCode(() -> emulator.send(HUB, "0", event)).doesNotThrowAnyException();
      List<EventData> received = received(2);
      assertThat(everythingOf(received.get(1))).isEqualTo(everythingOf(received.get(0)));
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> emulator.send(HUB, "0", event))
          .withMessageContaining("'value'")
          .withMessageContaining(value.getClass().getTypeName());
      assertThat(emulator.events(HUB, "0")).isEmpty();
    }
  }

  @Test
  void partitionKeysHave1To128Characters() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> emulator.sendWithKey(HUB, "", new EventData("a")))
        .withMessageContaining("and not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> emulator.sendWithKey(HUB, "k".repeat(129), new EventData("a")))
        .withMessageContaining("129");
    assertThatCode(() -> emulator.sendWithKey(HUB, "k".repeat(128), new EventData("a")))
        .doesNotThrowAnyException();
  }

  static Stream<String> keysAroundTheLimit() {
    return Stream.of("k", "漢", "\uD83D\uDE00")
        .flatMap(
            character ->
                Stream.of(
                    character.repeat(128 / character.length()),
                    character.repeat(128 / character.length() + 1)));
  }

  /** Neither bytes nor Unicode characters count, but those of a Java text. */
  @ParameterizedTest
  @MethodSource("keysAroundTheLimit")
  void aPartitionKeyIsTooLongWhereItIsForTheOfficialClient(String key) {
    assertThat(isTaken(() -> emulator.sendWithKey(HUB, key, new EventData("a"))))
        .isEqualTo(
            isTaken(
                () ->
                    clients.producer().createBatch(new CreateBatchOptions().setPartitionKey(key))))
        .isEqualTo(key.length() <= 128);
  }

  private static boolean isTaken(Runnable call) {
    try {
      call.run();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void anEventThatIsTooLargeForTheOfficialClientIsRefused() {
    EventData tooLarge = new EventData(new byte[1024 * 1024]);

    assertThatThrownBy(() -> sendOfficially(tooLarge)).isInstanceOf(AmqpException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> emulator.send(HUB, "0", new EventData("before"), tooLarge))
        .withMessageContaining("takes 1,048,576 bytes");
    assertThat(emulator.events(HUB, "0")).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> emulator.sendWithKey(HUB, "k", tooLarge))
        .withMessageContaining("takes 1,048,576 bytes");
  }
}
