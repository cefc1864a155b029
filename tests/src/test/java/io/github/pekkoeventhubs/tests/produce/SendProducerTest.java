// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerFullException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.SendProducer;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendProducerTest {

  private static final String HUB = "orders";

  private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 2).start();
  private final ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withConnectionString(emulator.connectionString())
          .withEventHubName(HUB)
          .withRetryBackoff(Duration.ofMillis(10), Duration.ofMillis(50));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    emulator.close();
  }

  private static Done result(CompletionStage<Done> stage) throws Exception {
    return stage.toCompletableFuture().get(30, SECONDS);
  }

  private List<String> stored(String partitionId) {
    return emulator.events(HUB, partitionId).stream().map(StoredEvent::bodyAsString).toList();
  }

  private int storedInAll() {
    return stored("0").size() + stored("1").size();
  }

  @Test
  void oneEventIsStoredWhenTheSendIsAnswered() throws Exception {
    SendProducer producer = SendProducer.create(settings, kit.system());

    result(producer.send(new EventData("a")));
    result(producer.send(new EventData("b"), Route.partitionId("1")));

    assertThat(storedInAll()).isEqualTo(2);
    assertThat(stored("1")).contains("b");
    result(producer.close());
  }

  @Test
  void aListIsStoredInItsOrder() throws Exception {
    SendProducer producer = SendProducer.create(settings, kit.system());
    List<Routed> events =
        IntStream.range(0, 100)
            .mapToObj(i -> new Routed(new EventData("" + i), Route.partitionId("0")))
            .toList();

    result(producer.send(events));

    assertThat(stored("0")).isEqualTo(IntStream.range(0, 100).mapToObj(String::valueOf).toList());
    result(producer.close());
  }

  @Test
  void manyThreadsShareOneProducerAndItsConnection() throws Exception {
    SendProducer producer = SendProducer.create(settings, kit.system());
    List<CompletableFuture<Done>> sends =
        IntStream.range(0, 1000)
            .parallel()
            .mapToObj(
                i ->
                    producer
                        .send(new EventData("" + i), Route.partitionKey("key " + i % 7))
                        .toCompletableFuture())
            .toList();

    for (CompletableFuture<Done> send : sends) {
      result(send);
    }

    assertThat(storedInAll()).isEqualTo(1000);
    assertThat(emulator.connectionCount()).isEqualTo(1);
    result(producer.close());
  }

  @Test
  void whatFailsFailsAloneAndTheProducerGoesOn() throws Exception {
    SendProducer producer = SendProducer.create(settings, kit.system());
    EventData unencodable = new EventData("bad");
    unencodable.getProperties().put("price", java.math.BigDecimal.ONE);

    CompletionStage<Done> before = producer.send(new EventData("a"), Route.partitionId("0"));
    CompletionStage<Done> failing = producer.send(unencodable, Route.partitionId("0"));
    CompletionStage<Done> after = producer.send(new EventData("b"), Route.partitionId("0"));

    assertThatThrownBy(() -> result(failing))
        .cause()
        .isInstanceOf(ProduceException.class)
        .hasMessageContaining("'price'");
    result(before);
    result(after);
    assertThat(stored("0")).containsExactly("a", "b");
    result(producer.close());
  }

  @Test
  void aBusyServiceIsTriedAgain() throws Exception {
    SendProducer producer = SendProducer.create(settings, kit.system());
    emulator.faults().rejectNextSends(2, "com.microsoft:server-busy");

    result(producer.send(new EventData("a")));

    assertThat(storedInAll()).isEqualTo(1);
    result(producer.close());
  }

  @Test
  void aFullProducerRefusesAtOnceAndTakesEventsAgainLater() throws Exception {
    SendProducer producer =
        SendProducer.create(
            settings.withMaxBatchBytes(2000).withMaxBufferedBytes(3000), kit.system());
    emulator.faults().delayNextSends(1, Duration.ofSeconds(4));
    List<CompletionStage<Done>> sends = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sends.add(producer.send(new EventData("" + i), Route.partitionId("0")));
    }

    assertThatThrownBy(() -> result(sends.get(9)))
        .cause()
        .isInstanceOf(ProducerFullException.class)
        .hasMessageContaining("max-buffered-bytes");
    result(sends.get(0));

    await()
        .ignoreExceptions()
        .untilAsserted(() -> result(producer.send(new EventData("later"), Route.partitionId("0"))));
    result(producer.close());
  }

  @Test
  void closingSendsWhatIsThereAndRefusesTheRest() throws Exception {
    SendProducer producer = SendProducer.create(settings, kit.system());
    CompletionStage<Done> send = producer.send(new EventData("a"));

    result(producer.close());

    result(send);
    assertThatThrownBy(() -> result(producer.send(new EventData("b"))))
        .cause()
        .isInstanceOfSatisfying(
            ProduceException.class, failure -> assertThat(failure.isTransient()).isFalse())
        .hasMessageContaining("closed: create a new SendProducer");
    result(producer.close());
  }

  @Test
  void theShutdownOfTheSystemSendsWhatIsThere() throws Exception {
    ActorTestKit patient = shuttingDownWithin("60s");
    SendProducer producer = SendProducer.create(settings, patient.system());
    CompletionStage<Done> send = producer.send(new EventData("a"));

    patient.system().terminate();

    result(send);
    assertThat(storedInAll()).isEqualTo(1);
  }

  /** The guide says for how long a shutdown sends, and what becomes of the rest. */
  @Test
  void aShutdownSendsForAsLongAsItsPhaseLastsAndFailsTheRest() throws Exception {
    ActorTestKit hurried = shuttingDownWithin("1s");
    SendProducer producer = SendProducer.create(settings, hurried.system());
    FaultHandle delay = emulator.faults().delayNextSends(1, Duration.ofMinutes(5));
    CompletionStage<Done> unanswered = producer.send(new EventData("a"), Route.partitionId("0"));
    CompletionStage<Done> behindIt = producer.send(new EventData("b"), Route.partitionId("0"));
    await().until(() -> delay.hits() == 1);

    hurried.system().terminate();

    for (CompletionStage<Done> send : List.of(unanswered, behindIt)) {
      assertThatThrownBy(() -> result(send))
          .cause()
          .isInstanceOf(ProduceException.class)
          .hasMessageContaining("before-actor-system-terminate.timeout");
    }
    hurried.shutdownTestKit();
  }

  @Test
  void aShutdownWithALongerPhaseSendsWhatNeedsLonger() throws Exception {
    ActorTestKit patient = shuttingDownWithin("60s");
    SendProducer producer = SendProducer.create(settings, patient.system());
    FaultHandle delay = emulator.faults().delayNextSends(1, Duration.ofSeconds(6));
    CompletionStage<Done> send = producer.send(new EventData("a"));
    await().until(() -> delay.hits() == 1);

    patient.system().terminate();

    result(send);
    assertThat(storedInAll()).isEqualTo(1);
    patient.shutdownTestKit();
  }

  private static ActorTestKit shuttingDownWithin(String timeout) {
    return ActorTestKit.create(
        ConfigFactory.parseString(
                "pekko.coordinated-shutdown.phases.before-actor-system-terminate.timeout = "
                    + timeout)
            .withFallback(ConfigFactory.load()));
  }

  @Test
  void settingsThatLackSomethingAreRefusedAtOnce() {
    assertThatThrownBy(
            () -> SendProducer.create(ProducerSettings.create(kit.system()), kit.system()))
        .isInstanceOf(InvalidSettingsException.class);
  }
}
