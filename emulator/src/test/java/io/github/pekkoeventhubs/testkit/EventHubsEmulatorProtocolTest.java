// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.emulator.amqp.EncodedMessage;
import io.github.pekkoeventhubs.emulator.clients.EngineClient;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Behaviour that the official clients never ask for, or never show. */
class EventHubsEmulatorProtocolTest {
  private static final String RECEIVER_ADDRESS = HUB + "/ConsumerGroups/$Default/Partitions/0";
  private static final int IDLE_TIMEOUT_MILLIS = 60_000;

  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder().eventHub(HUB, 1).maxMessageSize(500_000).start();
  private final EngineClient client = new EngineClient(emulator.port(), IDLE_TIMEOUT_MILLIS);

  @AfterEach
  void close() {
    client.close();
    emulator.close();
  }

  @Test
  void sendsHeartbeatsToAClientThatAsksForThem() {
    try (EngineClient impatient = new EngineClient(emulator.port(), 3_000)) {
      impatient.runUntil(() -> impatient.session().getRemoteState() == EndpointState.ACTIVE);
      long frames = impatient.transport().getFramesInput();

      impatient.runUntil(() -> impatient.transport().getFramesInput() >= frames + 2);
    }
  }

  @Test
  void answersTheEndOfASession() {
    Receiver receiver = client.receiver(RECEIVER_ADDRESS, 10);
    client.runUntil(() -> receiver.getRemoteState() == EndpointState.ACTIVE);

    client.session().close();

    client.runUntil(() -> client.session().getRemoteState() == EndpointState.CLOSED);
    assertThat(emulator.receivers()).isEmpty();
    assertThat(emulator.connectionCount()).isEqualTo(1);
  }

  @Test
  void forgetsTheReceiversOfAClientThatVanishes() {
    Receiver receiver = client.receiver(RECEIVER_ADDRESS, 10);
    client.runUntil(() -> receiver.getRemoteState() == EndpointState.ACTIVE);
    assertThat(emulator.receivers()).hasSize(1);

    client.close();

    await()
        .atMost(JavaClients.PATIENCE)
        .until(() -> emulator.receivers().isEmpty() && emulator.connectionCount() == 0);
  }

  @Test
  void givesCreditBackWhenAskedToDrain() {
    emulator.send(HUB, "0", new EventData("only"));
    Receiver receiver = client.receiver(RECEIVER_ADDRESS, 10);

    receiver.setDrain(true);

    client.runUntil(() -> receiver.getQueued() == 1 && receiver.getRemoteCredit() == 0);
  }

  @Test
  void detachesASenderWhoseMessageIsTooLarge() {
    Sender sender = client.sender(HUB);

    client.send(sender, new byte[600_000]);

    client.runUntil(() -> sender.getRemoteState() == EndpointState.CLOSED);
    assertThat(condition(sender.getRemoteCondition())).isEqualTo("amqp:link:message-size-exceeded");
    assertThat(sender.getRemoteCondition().getDescription())
        .contains("exceeds the limit (500000 bytes) currently allowed on the link");
    assertThat(emulator.partition(HUB, "0").eventCount()).isZero();
  }

  @Test
  void rejectsAMessageThatIsNone() {
    Sender sender = client.sender(HUB);

    Delivery garbage = client.send(sender, new byte[] {1, 2, 3});
    Delivery proper = client.send(sender, EventDataEncoder.encode(new EventData("proper")));

    client.runUntil(garbage::remotelySettled);
    client.runUntil(proper::remotelySettled);
    assertThat(garbage.getRemoteState())
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> assertThat(condition(rejected.getError())).isEqualTo("amqp:decode-error"));
    assertThat(proper.getRemoteState()).isInstanceOf(Accepted.class);
    assertThat(emulator.events(HUB, "0"))
        .extracting(StoredEvent::bodyAsString)
        .containsExactly("proper");
  }

  @Test
  void storesWhatAnIdempotentProducerSendsTwiceOnce() {
    Sender sender = client.idempotentSender(HUB + "/Partitions/0");
    assertThat(sender.getRemoteProperties())
        .containsEntry(Symbol.valueOf("com.microsoft:producer-sequence-number"), 0)
        .containsEntry(Symbol.valueOf("com.microsoft:producer-epoch"), (short) 0);
    long producerId =
        (long)
            Objects.requireNonNull(
                sender.getRemoteProperties().get(Symbol.valueOf("com.microsoft:producer-id")));

    Delivery first = client.send(sender, numbered(producerId, 1));
    Delivery again = client.send(sender, numbered(producerId, 1));
    Delivery second = client.send(sender, numbered(producerId, 2));
    Delivery gap = client.send(sender, numbered(producerId, 4));
    client.runUntil(gap::remotelySettled);

    assertThat(first.getRemoteState()).isInstanceOf(Accepted.class);
    assertThat(again.getRemoteState()).isInstanceOf(Accepted.class);
    assertThat(second.getRemoteState()).isInstanceOf(Accepted.class);
    assertThat(gap.getRemoteState())
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected ->
                assertThat(condition(rejected.getError()))
                    .isEqualTo("com.microsoft:out-of-order-sequence"));
    assertThat(emulator.events(HUB, "0"))
        .extracting(StoredEvent::bodyAsString)
        .containsExactly("event 1", "event 2");
  }

  @Test
  void refusesAnAddressUnderWhichThereIsNothing() {
    Receiver receiver = client.receiver("a/b/c", 10);

    client.runUntil(() -> receiver.getRemoteState() == EndpointState.CLOSED);

    assertThat(receiver.getRemoteSource()).isNull();
    assertThat(condition(receiver.getRemoteCondition())).isEqualTo("amqp:not-found");
  }

  @Test
  void hangsUpOnAClientThatDoesNotSpeakAmqp() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), emulator.port())) {
      socket.setSoTimeout((int) JavaClients.PATIENCE.toMillis());
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));

      byte[] answer = socket.getInputStream().readAllBytes();

      assertThat(new String(answer, US_ASCII)).startsWith("AMQP");
    }
    assertStillServes();
  }

  @Test
  void hangsUpOnAClientThatSendsAMalformedFrame() {
    client.runUntil(() -> client.session().getRemoteState() == EndpointState.ACTIVE);

    // A frame of the right size whose body is an int of three bytes.
    client.sendRaw(new byte[] {0, 0, 0, 12, 2, 0, 0, 0, 0x71, 0x72, 0x73, 0x74});

    client.runUntil(client::isDisconnected);
    assertThat(condition(client.connection().getRemoteCondition())).isEqualTo("amqp:decode-error");
    assertStillServes();
  }

  @Test
  void survivesRandomBytesBehindAValidBeginning() {
    Random random = new Random(5);
    for (int attempt = 0; attempt < 200; attempt++) {
      byte[] bytes = new byte[8 + random.nextInt(200)];
      random.nextBytes(bytes);
      // A plausible size, so that what follows is looked at.
      bytes[0] = 0;
      bytes[1] = 0;
      bytes[2] = 0;
      bytes[3] = (byte) bytes.length;
      bytes[4] = 2;
      bytes[5] = 0;
      try (EngineClient fuzzer = new EngineClient(emulator.port(), IDLE_TIMEOUT_MILLIS)) {
        fuzzer.runUntil(() -> fuzzer.session().getRemoteState() == EndpointState.ACTIVE);
        fuzzer.sendRaw(bytes);
      }
    }
    assertStillServes();
  }

  @Test
  void doesNotPileUpEventsForAClientThatDoesNotRead() {
    int count = 80;
    emulator.send(
        HUB,
        "0",
        IntStream.range(0, count)
            .mapToObj(i -> new EventData(new byte[300_000]))
            .toArray(EventData[]::new));
    client.session().setIncomingCapacity(Integer.MAX_VALUE);
    Receiver receiver = client.receiver(RECEIVER_ADDRESS, 0);
    client.runUntil(() -> receiver.getRemoteState() == EndpointState.ACTIVE);

    receiver.flow(count);
    client.writeOnly();
    await().atMost(JavaClients.PATIENCE).until(() -> emulator.partition(HUB, "0").delivered() > 0);
    try (JavaClients clients = new JavaClients(emulator)) {
      clients.receive("0", EventPosition.earliest()).awaitCount(count);
    }

    assertThat(emulator.receivers())
        .filteredOn(attached -> attached.receiverName().equals("nil"))
        .singleElement()
        .satisfies(slow -> assertThat(slow.delivered()).isLessThan(count));
  }

  private static byte[] numbered(long producerId, int sequenceNumber) {
    Message message = Message.Factory.create();
    message.setMessageAnnotations(
        new MessageAnnotations(
            Map.of(
                Symbol.valueOf("com.microsoft:producer-id"),
                producerId,
                Symbol.valueOf("com.microsoft:producer-sequence-number"),
                sequenceNumber)));
    message.setBody(new Data(new Binary(("event " + sequenceNumber).getBytes(US_ASCII))));
    return EncodedMessage.of(message);
  }

  private static String condition(ErrorCondition error) {
    return error.getCondition().toString();
  }

  private void assertStillServes() {
    long attachesBefore = emulator.partition(HUB, "0").attaches();
    try (EngineClient other = new EngineClient(emulator.port(), IDLE_TIMEOUT_MILLIS)) {
      Sender sender = other.sender(HUB);
      Delivery delivery = other.send(sender, EventDataEncoder.encode(new EventData("alive")));
      other.runUntil(delivery::remotelySettled);
      Receiver receiver = other.receiver(RECEIVER_ADDRESS, 10);
      other.runUntil(() -> receiver.getQueued() > 0);
    }
    assertThat(emulator.partition(HUB, "0").attaches()).isEqualTo(attachesBefore + 1);
  }
}
