// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.GROUP;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.SendOptions;
import io.github.pekkoeventhubs.emulator.clients.EngineClient;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import io.github.pekkoeventhubs.emulator.clients.Receiving;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Sender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class EventHubsFaultsTest {
  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 2).start();
  private final EventHubsFaults faults = emulator.faults();
  private final JavaClients clients = new JavaClients(emulator);

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  @Test
  void dropsConnections() {
    Receiving receiving = receiveHello();

    FaultHandle fault = faults.dropConnections();

    // The client ends its stream after a lost connection, in whatever way it was lost.
    receiving.awaitCompletion();
    assertThat(fault.hits()).isEqualTo(1);
    assertThat(emulator.receivers()).isEmpty();
    assertThat(emulator.connectionCount()).isZero();
    receiveHello();
  }

  @Test
  void closesConnectionsWithAndWithoutAnError() {
    Receiving first = receiveHello();
    assertThat(faults.closeConnections().hits()).isEqualTo(1);
    first.awaitCompletion();

    Receiving second = receiveHello();
    assertThat(faults.closeConnections("amqp:connection:forced").hits()).isEqualTo(1);
    second.awaitCompletion();
    await().atMost(JavaClients.PATIENCE).until(() -> emulator.connectionCount() == 0);
  }

  @Test
  void detachesTheReceiversOfOnePartitionWithAnError() {
    Receiving receiving = receiveHello();
    Receiving other = clients.receive("1", EventPosition.earliest());
    awaitReceivers("1", 1);

    FaultHandle fault = faults.detachReceivers(HUB, "0", "amqp:link:detach-forced");

    AmqpException error = receiving.awaitError();
    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.LINK_DETACH_FORCED);
    assertThat(fault.hits()).isEqualTo(1);
    assertThat(other.hasEnded()).isFalse();
  }

  @Test
  void detachesReceiversPolitely() {
    Receiving receiving = receiveHello();

    assertThat(faults.detachReceivers(HUB, "0").hits()).isEqualTo(1);

    receiving.awaitCompletion();
  }

  @Test
  void refusesTheNextAttaches() {
    FaultHandle fault = faults.refuseNextAttaches(2, "com.microsoft:server-busy", "Too much to do");

    for (int attempt = 0; attempt < 2; attempt++) {
      AmqpException error = clients.receive("0", EventPosition.earliest()).awaitError();
      assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.SERVER_BUSY_ERROR);
      assertThat(error).hasMessageContaining("Too much to do");
    }
    receiveHello();
    assertThat(fault.hits()).isEqualTo(2);
    assertThat(emulator.partition(HUB, "0").attaches()).isEqualTo(1);
  }

  @Test
  void aCancelledFaultHitsNoMore() {
    FaultHandle fault = faults.refuseNextAttaches(2, "com.microsoft:server-busy", "Too much to do");
    clients.receive("0", EventPosition.earliest()).awaitError();

    fault.cancel();

    receiveHello();
    assertThat(fault.hits()).isEqualTo(1);
  }

  @Test
  void rejectsTheNextSends() {
    FaultHandle fault = faults.rejectNextSends(1, "amqp:resource-limit-exceeded");
    EventHubProducerClient producer = clients.producer();

    assertThatExceptionOfType(AmqpException.class)
        .isThrownBy(() -> send(producer, "rejected"))
        .satisfies(
            error ->
                assertThat(error.getErrorCondition())
                    .isEqualTo(AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED));
    send(producer, "accepted");

    assertThat(fault.hits()).isEqualTo(1);
    assertThat(stored()).containsExactly("accepted");
  }

  @Test
  void storesASendTwiceWhenTheClientDoesNotLearnOfTheFirst() {
    FaultHandle fault = faults.acceptButLoseNextSends(1);
    EventHubProducerClient producer =
        clients.producer(
            clients
                .builder()
                .retryOptions(
                    new AmqpRetryOptions()
                        .setMaxRetries(2)
                        .setDelay(Duration.ofMillis(1))
                        .setTryTimeout(Duration.ofSeconds(10))));

    send(producer, "twice");

    assertThat(stored()).containsExactly("twice", "twice");
    assertThat(fault.hits()).isEqualTo(1);
  }

  @Test
  void endsSessionsButLeavesTheConnection() {
    Receiving receiving = receiveHello();

    assertThat(faults.endSessions().hits()).isEqualTo(1);

    assertThat(emulator.receivers()).isEmpty();
    assertThat(emulator.connectionCount()).isEqualTo(1);
    // The Java client does not notice; that is what makes this fault worth having.
    assertThat(receiving.hasEnded()).isFalse();
  }

  @Test
  void sendsNothingWhileAPartitionIsStalled() {
    Receiving receiving = receiveHello();
    Receiving other = clients.receive("1", EventPosition.earliest());

    FaultHandle stall = faults.stall(HUB, "0");
    assertThat(stall.hits()).isZero();
    emulator.send(HUB, "0", new EventData("late"));
    emulator.send(HUB, "1", new EventData("in time"));
    other.awaitBodies("in time");
    assertThat(receiving.bodies()).containsExactly("hello");
    assertThat(stall.hits()).isPositive();

    stall.cancel();
    stall.cancel();
    receiving.awaitBodies("hello", "late");
  }

  @Test
  void slowsAPartitionDown() {
    Receiving receiving = receiveHello();
    FaultHandle throttle = faults.throttle(HUB, "0", 500);
    assertThat(throttle.hits()).isZero();

    long start = System.nanoTime();
    emulator.send(
        HUB,
        "0",
        IntStream.range(0, 200).mapToObj(i -> new EventData("e")).toArray(EventData[]::new));
    receiving.awaitCount(201);
    assertThat(throttle.hits()).isPositive();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
    emulator.close();
    throttle.cancel();
    assertThatIllegalArgumentException().isThrownBy(() -> faults.throttle(HUB, "0", 0));
  }

  @Test
  void detachesAllLinks() {
    Receiving receiving = receiveHello();
    EventHubProducerClient producer = clients.producer();
    send(producer, "before");
    receiving.awaitBodies("hello", "before");

    FaultHandle fault = faults.detachLinks("amqp:link:detach-forced");

    assertThat(receiving.awaitError().getErrorCondition())
        .isEqualTo(AmqpErrorCondition.LINK_DETACH_FORCED);
    assertThat(fault.hits()).isEqualTo(2);
    assertThat(emulator.connections()).allMatch(client -> client.senders() == 0);
  }

  @Test
  void detachesSendersWhichThenAttachAgain() {
    EventHubProducerClient producer = clients.producer(retrying());
    send(producer, "before");

    FaultHandle fault = faults.detachSenders("amqp:link:detach-forced");
    sendOverANewLink(producer, "after");

    assertThat(fault.hits()).isEqualTo(1);
    assertThat(faults.detachSenders().hits()).isEqualTo(1);
    assertThat(faults.detachLinks().hits()).isZero();
    assertThat(stored()).containsExactly("before", "after");
  }

  @Test
  void refusesTheNextSenders() {
    FaultHandle fault = faults.refuseNextSenders(1, "amqp:unauthorized-access", "Not today");
    EventHubProducerClient producer = clients.producer();

    assertThatExceptionOfType(AmqpException.class)
        .isThrownBy(() -> send(producer, "refused"))
        .withMessageContaining("Not today");
    sendOverANewLink(producer, "sent");

    assertThat(fault.hits()).isEqualTo(1);
    assertThat(stored()).containsExactly("sent");
  }

  @Test
  void refusesLinksForQuestionsAndForTokens() {
    try (FaultHandle questions =
        faults.refuseNextManagementLinks(9, "amqp:unauthorized-access", "No questions")) {
      assertThatExceptionOfType(AmqpException.class)
          .isThrownBy(() -> clients.consumer().getPartitionProperties("0").block());
      assertThat(questions.hits()).isPositive();
    }
    FaultHandle tokens = faults.refuseNextTokenLinks(1, "amqp:unauthorized-access", "No tokens");
    try (EngineClient client = new EngineClient(emulator.port(), 60_000)) {
      Sender sender = client.session().sender("tokens");
      Target target = new Target();
      target.setAddress("$cbs");
      sender.setTarget(target);
      sender.setSource(new Source());
      sender.open();

      client.runUntil(() -> sender.getRemoteState() == EndpointState.CLOSED);
      assertThat(sender.getRemoteCondition().getDescription()).isEqualTo("No tokens");
    }
    assertThat(tokens.hits()).isEqualTo(1);
  }

  @Test
  void leavesQuestionsAboutPartitionsWithoutAnAnswer() {
    FaultHandle silence = faults.ignoreNextPartitionQuestions(1);

    assertThat(clients.consumer().getEventHubProperties().block()).isNotNull();
    CompletableFuture<PartitionProperties> asked =
        clients.consumer().getPartitionProperties("0").toFuture();
    await().atMost(JavaClients.PATIENCE).until(() -> silence.hits() == 1);
    assertThat(clients.consumer().getPartitionProperties("0").block()).isNotNull();
    assertThat(asked).isNotDone();
    asked.cancel(true);
  }

  @Test
  void storesADelayedSendLateAndKeepsTheOrder() {
    Duration delay = Duration.ofMillis(80);
    FaultHandle fault = faults.delayNextSends(1, delay);
    EventHubProducerAsyncClient producer = clients.builder().buildAsyncProducerClient();
    SendOptions toFirst = new SendOptions().setPartitionId("0");

    long start = System.nanoTime();
    Mono.when(
            producer.send(List.of(new EventData("first")), toFirst),
            producer.send(List.of(new EventData("second")), toFirst))
        .block(JavaClients.PATIENCE);
    producer.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(delay);
    assertThat(fault.hits()).isEqualTo(1);
    assertThat(stored()).hasSize(2);
  }

  @Test
  void saysNothingMoreOnFrozenConnections() {
    Receiving receiving = receiveHello();

    FaultHandle freeze = faults.freezeConnections();
    emulator.send(HUB, "0", new EventData("late"));
    Receiving other = clients.receive("0", EventPosition.earliest()).awaitBodies("hello", "late");

    assertThat(freeze.hits()).isEqualTo(1);
    assertThat(receiving.bodies()).containsExactly("hello");
    assertThat(receiving.hasEnded()).isFalse();
    freeze.cancel();
    receiving.awaitBodies("hello", "late");
    assertThat(other.hasEnded()).isFalse();
  }

  @Test
  void movesRetention() {
    emulator.send(HUB, "0", new EventData("old"), new EventData("older"), new EventData("kept"));

    FaultHandle fault = faults.moveRetention(HUB, "0", 2);

    assertThat(fault.hits()).isEqualTo(2);
    Receiving receiving = clients.receive("0", EventPosition.fromSequenceNumber(0, true));
    receiving.awaitBodies("kept");
    assertThat(receiving.events().get(0).getData().getSequenceNumber()).isEqualTo(2);
  }

  @Test
  void recreatesTheEventHub() {
    Receiving receiving = receiveHello();

    FaultHandle fault = faults.recreateEventHub(HUB, 2);

    assertThat(fault.hits()).isEqualTo(1);
    assertThat(receiving.awaitError().getErrorCondition()).isEqualTo(AmqpErrorCondition.NOT_FOUND);
    assertThat(emulator.send(HUB, "0", new EventData("anew"))).isZero();
    clients.receive("0", EventPosition.earliest()).awaitBodies("anew");
  }

  @Test
  void leadsTheNameToAnotherEventHub() {
    Receiving receiving = receiveHello();

    FaultHandle fault = faults.failOver(HUB, 2);

    assertThat(fault.hits()).isEqualTo(1);
    receiving.awaitCompletion();
    assertThat(emulator.send(HUB, "0", new EventData("of the other"))).isZero();
    clients.receive("0", EventPosition.earliest()).awaitBodies("of the other");
  }

  @Test
  void stealsAPartitionByItsOwnerLevel() {
    emulator.send(HUB, "0", new EventData("hello"));
    Receiving owner = receiveWithLevel(1).awaitBodies("hello");

    FaultHandle theft = faults.steal(HUB, GROUP, "0", 5);

    assertThat(owner.awaitError().getErrorCondition()).isEqualTo(AmqpErrorCondition.LINK_STOLEN);
    assertThat(receiveWithLevel(4).awaitError().getErrorCondition())
        .isEqualTo(AmqpErrorCondition.LINK_STOLEN);
    assertThat(theft.hits()).isEqualTo(2);
    assertThatIllegalStateException().isThrownBy(() -> faults.steal(HUB, GROUP, "0", 4));
    theft.cancel();
    receiveWithLevel(1).awaitBodies("hello");
  }

  @Test
  void setsTheClockWrongForAWhile() {
    FaultHandle jump = faults.jumpClock(Duration.ofDays(-1));
    emulator.send(HUB, "0", new EventData("yesterday"));
    jump.cancel();
    jump.cancel();
    emulator.send(HUB, "0", new EventData("today"));

    List<StoredEvent> events = emulator.events(HUB, "0");
    assertThat(jump.hits()).isEqualTo(1);
    assertThat(Duration.between(events.get(0).enqueuedTime(), events.get(1).enqueuedTime()))
        .isBetween(Duration.ofHours(23), Duration.ofHours(25));
  }

  @Test
  void concernsOneEventHubOnlyWhenAskedForItsFaults() {
    emulator.addEventHub("parcels", 1);
    Receiving receiving = receiveHello();

    assertThat(emulator.faults("parcels").dropConnections().hits()).isZero();
    assertThat(emulator.faults("parcels").detachLinks().hits()).isZero();
    FaultHandle pending = emulator.faults("parcels").rejectNextSends(1, "amqp:internal-error");
    send(clients.producer(), "taken in");

    receiving.awaitBodies("hello", "taken in");
    assertThat(pending.hits()).isZero();
    assertThat(emulator.faults(HUB).dropConnections().hits()).isEqualTo(2);
  }

  private Receiving receiveWithLevel(long level) {
    return clients.receive(
        clients.consumer(), "0", EventPosition.earliest(), JavaClients.ownerLevel(level));
  }

  private EventHubClientBuilder retrying() {
    return clients
        .builder()
        .retryOptions(
            new AmqpRetryOptions()
                .setMaxRetries(3)
                .setDelay(Duration.ofMillis(1))
                .setTryTimeout(Duration.ofSeconds(10)));
  }

  private Receiving receiveHello() {
    if (emulator.partition(HUB, "0").eventCount() == 0) {
      emulator.send(HUB, "0", new EventData("hello"));
    }
    Receiving receiving = clients.receive("0", EventPosition.earliest()).awaitBodies("hello");
    awaitReceivers("0", 1);
    return receiving;
  }

  private void awaitReceivers(String partitionId, int count) {
    await()
        .atMost(JavaClients.PATIENCE)
        .until(() -> emulator.receivers(HUB, GROUP, partitionId).size() == count);
  }

  private List<String> stored() {
    return emulator.events(HUB, "0").stream().map(StoredEvent::bodyAsString).toList();
  }

  /**
   * The SDK tries the link that has just been closed until it has forgotten it. It sends nothing
   * over it, says so with an {@code IllegalStateException}, and does not try again by itself.
   */
  private static void sendOverANewLink(EventHubProducerClient producer, String body) {
    await()
        .atMost(JavaClients.PATIENCE)
        .ignoreException(IllegalStateException.class)
        .until(
            () -> {
              send(producer, body);
              return true;
            });
  }

  private static void send(EventHubProducerClient producer, String body) {
    producer.send(List.of(new EventData(body)), new SendOptions().setPartitionId("0"));
  }
}
