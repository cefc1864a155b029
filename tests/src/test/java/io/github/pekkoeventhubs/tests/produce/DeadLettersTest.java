// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerNumber;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.DeadLetters;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.javadsl.RepeatedEvents;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.testkit.InMemoryPartitionStore;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLettersTest {

  private static final String TARGET = "dead-letters";

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());

  private final EmbeddedServices services = new EmbeddedServices(1);
  private final CommitterSettings committer =
      CommitterSettings.create(kit.system()).withMaxInterval(Duration.ofMillis(50));
  private final ProducerSettings producer =
      ProducerSettings.create(kit.system())
          .withConnectionString(services.eventHubs().connectionString())
          .withEventHubName(TARGET)
          .withMaxRetries(1_000)
          .withRetryBackoff(Duration.ofMillis(10), Duration.ofMillis(50));

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void addTheTarget() {
    services.eventHubs().addEventHub(TARGET, 1);
    services.sendToEach(10);
  }

  @AfterEach
  void stopTheServices() {
    services.close();
  }

  private static CompletionStage<Done> process(CommittableEvent event) {
    return event.sequenceNumber() % 4 == 1
        ? CompletableFuture.failedFuture(
            new IllegalStateException("cannot read event " + event.sequenceNumber()))
        : CompletableFuture.completedFuture(Done.getInstance());
  }

  private Consumer.DrainingControl<Done> run() {
    return Consumer.committableSource(
            services.consumerSettings(kit.system()), Subscriptions.partitions("0"))
        .via(DeadLetters.processing(producer, 3, DeadLettersTest::process))
        .toMat(Committer.sink(committer), Consumer::createDrainingControl)
        .run(kit.system());
  }

  private static void drain(Consumer.DrainingControl<Done> control) throws Exception {
    control.drainAndShutdown().toCompletableFuture().get(20, SECONDS);
  }

  private List<StoredEvent> letters() {
    return services.eventHubs().events(TARGET, "0");
  }

  @Test
  void whatCannotBeProcessedIsPutAsideWithItsReasonOriginAndCount() throws Exception {
    Consumer.DrainingControl<Done> control = run();
    await().until(() -> Map.of("0", 9L).equals(services.checkpoints()));
    drain(control);

    assertThat(letters()).extracting(StoredEvent::bodyAsString).containsExactly("1", "5", "9");
    assertThat(letters().get(1).properties())
        .containsEntry(DeadLetters.REASON, "java.lang.IllegalStateException: cannot read event 5")
        .containsEntry(DeadLetters.PARTITION, "0")
        .containsEntry(DeadLetters.SEQUENCE_NUMBER, 5L)
        .containsEntry(DeadLetters.COUNT, 1)
        .containsKeys(DeadLetters.EVENT_HUB, DeadLetters.CONSUMER_GROUP);
  }

  /** AMQP has no text with half a character: such an event would hold its partition for ever. */
  @Test
  void aReasonIsCutWithoutHalfACharacter() throws Exception {
    int prefix = 1000 - 1 - "java.lang.IllegalStateException: ".length();
    String quoted = "x".repeat(prefix) + "\uD83D\uDE00";
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(
                services.consumerSettings(kit.system()), Subscriptions.partitions("0"))
            .via(
                DeadLetters.processing(
                    producer,
                    3,
                    event ->
                        event.sequenceNumber() == 5
                            ? CompletableFuture.failedFuture(new IllegalStateException(quoted))
                            : CompletableFuture.completedFuture(Done.getInstance())))
            .toMat(Committer.sink(committer), Consumer::createDrainingControl)
            .run(kit.system());
    await().until(() -> Map.of("0", 9L).equals(services.checkpoints()));
    drain(control);

    assertThat(letters()).extracting(StoredEvent::bodyAsString).containsExactly("5");
    assertThat(letters().get(0).properties().get(DeadLetters.REASON))
        .isEqualTo("java.lang.IllegalStateException: " + "x".repeat(prefix) + "?");
  }

  /** Other clients than the Java one do not check how long a key is. */
  @Test
  void anEventWithAKeyThatThisClientCannotSendGoesToAnyPartition() throws Exception {
    EventData event = new EventData("long");
    event.getRawAmqpMessage().getMessageAnnotations().put("x-opt-partition-key", "k".repeat(129));
    services
        .eventHubs()
        .send(
            EmbeddedServices.EVENT_HUB, "0", new EventData("x"), new EventData("y"), event, event);
    Consumer.DrainingControl<Done> control = run();
    await().until(() -> Map.of("0", 13L).equals(services.checkpoints()));
    drain(control);

    assertThat(letters().get(3).bodyAsString()).isEqualTo("long");
    assertThat(letters().get(3).partitionKey()).isEmpty();
  }

  @Test
  void nothingIsCommittedPastAnEventThatIsNotAcceptedYet() throws Exception {
    FaultHandle busy =
        services.eventHubs().faults(TARGET).rejectNextSends(1000, "com.microsoft:server-busy");
    Consumer.DrainingControl<Done> control = run();
    await().until(() -> busy.hits() > 3);

    assertThat(services.checkpoints().getOrDefault("0", -1L)).isLessThan(1);
    busy.cancel();
    await().until(() -> Map.of("0", 9L).equals(services.checkpoints()));
    drain(control);
  }

  @Test
  void anEventThatIsSentBackAndFailsAgainIsCounted() throws Exception {
    EventData again = new EventData("again");
    again.getProperties().put(DeadLetters.COUNT, 2);
    services
        .eventHubs()
        .send(EmbeddedServices.EVENT_HUB, "0", new EventData("x"), new EventData("y"));
    services.eventHubs().send(EmbeddedServices.EVENT_HUB, "0", new EventData("z"), again);
    Consumer.DrainingControl<Done> control = run();
    await().until(() -> letters().size() == 4);
    drain(control);

    assertThat(letters().get(3).bodyAsString()).isEqualTo("again");
    assertThat(letters().get(3).properties()).containsEntry(DeadLetters.COUNT, 3);
  }

  @Test
  void anEventThatIsSentBackIsNotTakenForARepetitionOfItself() throws Exception {
    ProducerSettings source =
        producer.withEventHubName(EmbeddedServices.EVENT_HUB).withProducerId("orders-service");
    send(source, Source.range(10, 14).map(i -> new EventData(String.valueOf(i))));
    Consumer.DrainingControl<Done> control = run();
    await().until(() -> letters().size() == 4);
    drain(control);

    StoredEvent letter = letters().get(3);
    assertThat(letter.bodyAsString()).isEqualTo("13");
    assertThat(letter.properties()).doesNotContainKey(ProducerNumber.ID_PROPERTY);
    send(
        source,
        Consumer.plainSource(
                services
                    .consumerSettings(kit.system())
                    .withEventHubName(TARGET)
                    .withConsumerGroup("$Default"),
                Subscriptions.partitions("0"))
            .map(PartitionEvent::getData)
            .filter(event -> event.getBodyAsString().equals("13"))
            .take(1));
    assertThat(readWithoutRepetitions(16)).endsWith("12", "13", "14", "13");
  }

  private static void send(ProducerSettings settings, Source<EventData, ?> events)
      throws Exception {
    events
        .map(event -> new Routed(event, Route.partitionKey("k")))
        .runWith(Producer.routedSink(settings), kit.system())
        .toCompletableFuture()
        .get(20, SECONDS);
  }

  private List<String> readWithoutRepetitions(int count) throws Exception {
    return Consumer.committableSource(
            services
                .consumerSettings(kit.system())
                .withPartitionStore(InMemoryPartitionStore.create()),
            Subscriptions.partitions("0"))
        .via(RepeatedEvents.drop())
        .map(event -> event.event().getBodyAsString())
        .take(count)
        .runWith(Sink.seq(), kit.system())
        .toCompletableFuture()
        .get(20, SECONDS);
  }
}
