// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.emulator.amqp.EncodedMessage;
import io.github.pekkoeventhubs.emulator.clients.EngineClient;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import io.github.pekkoeventhubs.emulator.clients.Receiving;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that are wrong, silent or too many. Each gets the AMQP error that is due, or nothing; an
 * official client that was there before is served all the while.
 */
class WireRobustnessTest {

  private static final String RECEIVER_ADDRESS = HUB + "/ConsumerGroups/$Default/Partitions/0";
  private static final int IDLE_TIMEOUT_MILLIS = 60_000;

  /** Names the seed of a run that has failed, to have it again. */
  private static final String SEED_PROPERTY = "eventhubs.testkit.fuzzing.seed";

  private static final Duration FUZZING = Duration.ofSeconds(2);
  private static final int MIN_CONVERSATIONS = 500;

  /** The conversations that are open at a time: each has been read when it is closed. */
  private static final int OPEN_CONVERSATIONS = 50;

  /** The header of SASL, and a frame that chooses the mechanism ANONYMOUS. */
  private static final byte[] SASL_ANONYMOUS = {
    'A',
    'M',
    'Q',
    'P',
    3,
    1,
    0,
    0, //
    0,
    0,
    0,
    25,
    2,
    1,
    0,
    0, //
    0,
    0x53,
    0x41,
    (byte) 0xc0,
    12,
    1,
    (byte) 0xa3,
    9, //
    'A',
    'N',
    'O',
    'N',
    'Y',
    'M',
    'O',
    'U',
    'S'
  };

  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 1).start();
  private final JavaClients clients = new JavaClients(emulator);
  private Receiving bystander;
  private int sent;

  @BeforeEach
  void connectABystander() {
    bystander = clients.receive("0", EventPosition.earliest());
    assertTheBystanderIsServed();
  }

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  private void assertTheBystanderIsServed() {
    emulator.send(HUB, "0", new EventData("event " + sent));
    sent++;
    bystander.awaitCount(sent);
    assertThat(bystander.hasEnded()).isFalse();
  }

  @Test
  void reportsAFrameThatIsTooLarge() {
    try (EngineClient client = connect()) {
      client.sendRaw(new byte[] {0x7f, 0, 0, 0, 2, 0, 0, 0});

      client.runUntil(client::isDisconnected);
      assertThat(condition(client.connection().getRemoteCondition()))
          .startsWith("amqp:connection:framing-error");
    }
    assertTheBystanderIsServed();
  }

  @Test
  void survivesAFrameThatOverflowsTheStackOfItsDecoder() {
    try (EngineClient client = connect()) {
      ByteBuffer frame = ByteBuffer.allocate(60_008);
      frame.putInt(frame.capacity()).put((byte) 2).put((byte) 0).putShort((short) 0);
      client.sendRaw(frame.array());

      client.runUntil(client::isDisconnected);
      assertThat(condition(client.connection().getRemoteCondition()))
          .isEqualTo("amqp:decode-error");
    }
    assertTheBystanderIsServed();
  }

  @Test
  void survivesARequestThatOverflowsTheStackOfItsDecoder() {
    try (EngineClient client = connect()) {
      Sender requests = client.sender("$management");
      byte[] request = new byte[50_000];
      request[1] = 0x53;
      request[2] = 0x77;
      client.send(requests, request);

      client.runUntil(() -> requests.getRemoteState() == EndpointState.CLOSED);
      assertThat(condition(requests.getRemoteCondition())).isEqualTo("amqp:decode-error");
    }
    assertTheBystanderIsServed();
  }

  @Test
  void refusesAFilterOfAWrongType() {
    try (EngineClient client = connect()) {
      Receiver receiver = client.session().receiver("wrong filter");
      Source source = new Source();
      source.setAddress(RECEIVER_ADDRESS);
      source.setFilter(Map.of(Symbol.valueOf("apache.org:selector-filter:string"), 42));
      receiver.setSource(source);
      receiver.setTarget(new Target());
      receiver.open();

      client.runUntil(() -> receiver.getRemoteState() == EndpointState.CLOSED);
      assertThat(condition(receiver.getRemoteCondition()))
          .isEqualTo("com.microsoft:argument-error");
    }
    assertTheBystanderIsServed();
  }

  @Test
  void answersARequestWhoseTokenIsNoString() {
    try (EngineClient client = connect()) {
      Receiver replies = client.receiver("$management", 1);
      Sender requests = client.sender("$management");
      Message request = Message.Factory.create();
      request.setMessageId("1");
      request.setReplyTo(replies.getName());
      request.setApplicationProperties(
          new ApplicationProperties(
              Map.of(
                  "operation",
                  "READ",
                  "type",
                  "com.microsoft:eventhub",
                  "name",
                  HUB,
                  "security_token",
                  42)));
      client.send(requests, EncodedMessage.of(request));

      client.runUntil(() -> replies.getQueued() > 0);
      byte[] bytes = new byte[replies.current().pending()];
      replies.recv(bytes, 0, bytes.length);
      Message reply = Message.Factory.create();
      reply.decode(bytes, 0, bytes.length);
      assertThat(reply.getApplicationProperties().getValue())
          .containsEntry("error-condition", Symbol.valueOf("com.microsoft:argument-error"));
    }
    assertTheBystanderIsServed();
  }

  @Test
  void servesOthersBesideHalfOpenConnections() throws IOException {
    int before = emulator.connectionCount();
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), emulator.port());
        silent.add(socket);
        if (i % 3 == 1) {
          socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 3, 1, 0, 0});
        } else if (i % 3 == 2) {
          socket.getOutputStream().write(new byte[] {'A', 'M'});
          socket.shutdownOutput();
        }
      }
      // A client that has half closed its socket can send nothing more.
      await().atMost(JavaClients.PATIENCE).until(() -> emulator.connectionCount() == before + 200);
      assertTheBystanderIsServed();
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    await().atMost(JavaClients.PATIENCE).until(() -> emulator.connectionCount() == before);
  }

  @Test
  void servesTenThousandLinks() {
    try (EngineClient client = connect()) {
      List<Sender> senders = new ArrayList<>();
      for (int sessions = 0; sessions < 5; sessions++) {
        Session session = client.connection().session();
        session.open();
        for (int links = 0; links < 2_000; links++) {
          Sender sender = session.sender("link " + senders.size());
          Target target = new Target();
          target.setAddress(HUB);
          sender.setTarget(target);
          sender.setSource(new Source());
          sender.open();
          senders.add(sender);
        }
        client.runUntil(() -> senders.get(senders.size() - 1).getCredit() > 0);
      }

      assertThat(senders).hasSize(10_000).allMatch(sender -> sender.getCredit() > 0);
      assertThat(emulator.connections()).anyMatch(connection -> connection.senders() == 10_000);
      assertTheBystanderIsServed();
    }
    await().atMost(JavaClients.PATIENCE).until(() -> emulator.connectionCount() == 1);
    assertTheBystanderIsServed();
  }

  @Test
  void survivesConversationsInWhichBytesWereChanged() throws IOException {
    byte[] conversation = conversation();
    long seed = Long.getLong(SEED_PROPERTY, System.nanoTime());
    System.out.println("Conversations are changed with -D" + SEED_PROPERTY + "=" + seed);
    Random random = new Random(seed);
    long end = System.nanoTime() + FUZZING.toNanos();
    Deque<Socket> open = new ArrayDeque<>();
    for (int tries = 0; tries < MIN_CONVERSATIONS || System.nanoTime() < end; tries++) {
      byte[] changed = conversation.clone();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      open.add(send(changed));
      assertTheEmulatorLivesOn(seed, tries);
      if (open.size() > OPEN_CONVERSATIONS) {
        open.remove().close();
      }
    }
    for (Socket socket : open) {
      socket.close();
    }

    await().atMost(JavaClients.PATIENCE).until(() -> emulator.connectionCount() == 1);
    assertTheBystanderIsServed();
  }

  /** All that a client says that opens a connection, receives and sends, as bytes. */
  private static byte[] conversation() {
    Transport transport = Proton.transport();
    Connection connection = Proton.connection();
    connection.setContainer("recorded");
    transport.bind(connection);
    connection.open();
    Session session = connection.session();
    session.open();
    Receiver receiver = session.receiver("receiver");
    Source source = new Source();
    source.setAddress(RECEIVER_ADDRESS);
    source.setFilter(
        Map.of(
            Symbol.valueOf("apache.org:selector-filter:string"),
            "amqp.annotation.x-opt-offset > '-1'"));
    receiver.setSource(source);
    receiver.setTarget(new Target());
    receiver.open();
    receiver.flow(10);
    Sender sender = session.sender("sender");
    Target target = new Target();
    target.setAddress(HUB + "/$nothing");
    sender.setTarget(target);
    sender.setSource(new Source());
    sender.open();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(SASL_ANONYMOUS);
    for (int pending = transport.pending(); pending > 0; pending = transport.pending()) {
      byte[] piece = new byte[pending];
      transport.head().get(piece);
      bytes.writeBytes(piece);
      transport.pop(pending);
    }
    return bytes.toByteArray();
  }

  private void assertTheEmulatorLivesOn(long seed, int conversation) {
    assertThatCode(emulator::connectionCount)
        .as("after conversation %d of seed %d", conversation, seed)
        .doesNotThrowAnyException();
  }

  private Socket send(byte[] bytes) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), emulator.port());
    try {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
    } catch (SocketException hungUp) {
      // The emulator has had enough, which is fine.
      return socket;
    }
    return socket;
  }

  private EngineClient connect() {
    EngineClient client = new EngineClient(emulator.port(), IDLE_TIMEOUT_MILLIS);
    client.runUntil(() -> client.session().getRemoteState() == EndpointState.ACTIVE);
    return client;
  }

  private static String condition(ErrorCondition error) {
    return String.valueOf(error.getCondition());
  }
}
