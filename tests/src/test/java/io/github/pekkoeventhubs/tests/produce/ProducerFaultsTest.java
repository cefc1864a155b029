// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Throttled, rejected and lost sends, and lost connections: everything arrives, in order. */
class ProducerFaultsTest {

  private static final String HUB = "orders";
  private static final int EVENTS = 200;

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());

  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 2).start();

  private final ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withConnectionString(emulator.connectionString())
          .withEventHubName(HUB)
          .withMaxBatchEvents(5)
          .withMaxWait(Duration.ZERO)
          .withSendTimeout(Duration.ofSeconds(30))
          .withMaxRetries(20)
          .withRetryBackoff(Duration.ofMillis(10), Duration.ofMillis(200));

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void stopTheEmulator() {
    emulator.close();
  }

  private static String body(int number) {
    return "event " + number;
  }

  /** Each event goes to two partitions, so that they have something to overtake. */
  private static <M> Source<Routed, M> toTwoPartitions(Source<Integer, M> numbers) {
    return numbers.mapConcat(
        i ->
            List.of(
                new Routed(new EventData(body(i)), Route.partitionId("0")),
                new Routed(new EventData(body(i)), Route.partitionId("1"))));
  }

  private static <T> T result(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, SECONDS);
  }

  private List<String> stored(String partitionId) {
    return emulator.events(HUB, partitionId).stream().map(StoredEvent::bodyAsString).toList();
  }

  private static List<String> expected() {
    return IntStream.range(0, EVENTS).mapToObj(ProducerFaultsTest::body).toList();
  }

  private void assertEverythingArrivedOnceAndInOrder() {
    assertThat(stored("0")).isEqualTo(expected());
    assertThat(stored("1")).isEqualTo(expected());
  }

  /** An event whose acknowledgement was lost arrives again, and never before an earlier one. */
  private void assertNothingWasLostOrOvertaken() {
    for (String partition : List.of("0", "1")) {
      assertThat(List.copyOf(new LinkedHashSet<>(stored(partition)))).isEqualTo(expected());
    }
  }

  /** The sink is at work when the fault is ordered, and has a half of the events still to come. */
  private FaultHandle sendWithHalfway(Supplier<FaultHandle> fault) throws Exception {
    Pair<BoundedSourceQueue<Integer>, CompletionStage<Done>> sending = start(settings);
    offer(sending.first(), 0, EVENTS / 2);
    await().until(() -> !stored("0").isEmpty());
    FaultHandle ordered = fault.get();
    offer(sending.first(), EVENTS / 2, EVENTS);
    sending.first().complete();

    result(sending.second());
    return ordered;
  }

  private static Pair<BoundedSourceQueue<Integer>, CompletionStage<Done>> start(
      ProducerSettings settings) {
    return toTwoPartitions(Source.<Integer>queue(EVENTS))
        .toMat(Producer.routedSink(settings), Keep.both())
        .run(kit.system());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"com.microsoft:server-busy", "amqp:internal-error", "com.microsoft:timeout"})
  void batchesThatTheServiceCannotTakeNowAreSentAgain(String condition) throws Exception {
    FaultHandle rejected = sendWithHalfway(() -> emulator.faults().rejectNextSends(6, condition));

    assertThat(rejected.hits()).isEqualTo(6);
    assertEverythingArrivedOnceAndInOrder();
  }

  @Test
  void batchesWhoseAcknowledgementIsLostAreSentAgain() throws Exception {
    FaultHandle lost = sendWithHalfway(() -> emulator.faults().acceptButLoseNextSends(3));

    assertThat(lost.hits()).isEqualTo(3);
    assertNothingWasLostOrOvertaken();
    assertThat(stored("0").size() + stored("1").size()).isGreaterThan(2 * EVENTS);
  }

  /**
   * Each fault strikes while a part of the events is under way, and the next part only follows when
   * it has struck: what was broken always has something more to send.
   */
  private void assertSurvives(Function<EventHubsEmulator, FaultHandle> fault) throws Exception {
    Pair<BoundedSourceQueue<Integer>, CompletionStage<Done>> sending =
        start(settings.withSendTimeout(Duration.ofSeconds(1)));
    int part = EVENTS / 4;
    offer(sending.first(), 0, part);
    for (int sent = part; sent < EVENTS; sent += part) {
      int some = sent - part / 2;
      await().pollInterval(Duration.ofMillis(5)).until(() -> stored("0").size() > some);
      await().until(() -> fault.apply(emulator).hits() > 0);
      offer(sending.first(), sent, sent + part);
    }
    sending.first().complete();

    result(sending.second());

    assertNothingWasLostOrOvertaken();
  }

  private static void offer(BoundedSourceQueue<Integer> numbers, int from, int to) {
    IntStream.range(from, to)
        .forEach(i -> assertThat(numbers.offer(i)).isEqualTo(QueueOfferResult.enqueued()));
  }

  @Test
  void droppedConnectionsLoseNothing() throws Exception {
    assertSurvives(service -> service.faults().dropConnections());
  }

  @Test
  void closedConnectionsLoseNothing() throws Exception {
    assertSurvives(service -> service.faults().closeConnections());
  }

  @Test
  void connectionsClosedWithAnErrorLoseNothing() throws Exception {
    assertSurvives(service -> service.faults().closeConnections("amqp:connection:forced"));
  }

  /** The SDK is not told that its links are gone, and waits for acknowledgements in vain. */
  @Test
  void endedSessionsLoseNothing() throws Exception {
    assertSurvives(service -> service.faults().endSessions());
  }

  /** Their sockets stay open: without another connection nothing would be sent again. */
  @Test
  void frozenConnectionsLoseNothing() throws Exception {
    assertSurvives(service -> service.faults().freezeConnections());
  }

  /** The SDK then knows no limit of the link, and takes another one for it. */
  @Test
  void aConnectionThatIsLostWhileItsFirstLinkIsOpenedMakesNoEventTooLarge() throws Exception {
    FaultHandle lost = emulator.faults().loseNextSenders(1);

    result(Source.single(large()).runWith(Producer.routedSink(settings), kit.system()));

    assertThat(lost.hits()).isEqualTo(1);
    assertThat(stored("0")).hasSize(1);
  }

  @Test
  void aConnectionThatIsLostWhileALaterLinkIsOpenedFailsNothing() throws Exception {
    Pair<BoundedSourceQueue<Routed>, CompletionStage<Done>> sending = sendingAfterOneTo("1");
    FaultHandle lost = emulator.faults().loseNextSenders(1);

    sending.first().offer(large());
    sending.first().complete();
    result(sending.second());

    assertThat(lost.hits()).isEqualTo(1);
    assertThat(stored("0")).hasSize(1);
  }

  /** A sink that has sent one event to the partition, and waits for more. */
  private Pair<BoundedSourceQueue<Routed>, CompletionStage<Done>> sendingAfterOneTo(
      String partitionId) {
    Pair<BoundedSourceQueue<Routed>, CompletionStage<Done>> sending =
        Source.<Routed>queue(10)
            .toMat(Producer.routedSink(settings), Keep.both())
            .run(kit.system());
    sending.first().offer(new Routed(new EventData("1"), Route.partitionId(partitionId)));
    await().until(() -> stored(partitionId).size() == 1);
    return sending;
  }

  /** Larger than what the SDK takes for the limit of a link that it has lost. */
  private static Routed large() {
    return new Routed(new EventData(new byte[500_000]), Route.partitionId("0"));
  }

  @Test
  void aBatchThatIsRefusedForGoodFailsTheSink() {
    emulator.faults().rejectNextSends(1, "com.microsoft:entity-disabled");

    assertThatThrownBy(
            () ->
                result(
                    toTwoPartitions(Source.range(0, EVENTS - 1))
                        .runWith(Producer.routedSink(settings), kit.system())))
        .cause()
        .isInstanceOf(ProduceException.class)
        .hasMessageContaining("1 attempt:");
  }

  /** What it had accepted before was another token, which may have expired. */
  @Test
  void anAccessThatIsRefusedOnceIsTriedWithANewToken() throws Exception {
    FaultHandle refused =
        sendWithHalfway(() -> emulator.faults().rejectNextSends(1, "amqp:unauthorized-access"));

    assertThat(refused.hits()).isEqualTo(1);
    assertEverythingArrivedOnceAndInOrder();
  }

  /** One partition has one batch under way, so that the second fault strikes its repetition. */
  @Test
  void anAccessThatIsRefusedAfterAnotherFailureIsTriedWithANewToken() throws Exception {
    Pair<BoundedSourceQueue<Routed>, CompletionStage<Done>> sending = sendingAfterOneTo("0");
    FaultHandle busy = emulator.faults().rejectNextSends(1, "com.microsoft:server-busy");
    FaultHandle refused = emulator.faults().rejectNextSends(1, "amqp:unauthorized-access");

    sending.first().offer(new Routed(new EventData("2"), Route.partitionId("0")));
    sending.first().complete();
    result(sending.second());

    assertThat(busy.hits()).isEqualTo(1);
    assertThat(refused.hits()).isEqualTo(1);
    assertThat(stored("0")).containsExactly("1", "2");
  }

  @Test
  void anAccessThatIsRefusedTwiceFailsTheSink() {
    assertThatThrownBy(
            () ->
                sendWithHalfway(
                    () -> emulator.faults().rejectNextSends(1000, "amqp:unauthorized-access")))
        .cause()
        .isInstanceOf(EventHubsAuthorizationException.class);
  }

  @Test
  void aServiceThatStaysBusyFailsTheSinkWhenTheRetriesAreUsedUp() {
    FaultHandle rejected = emulator.faults().rejectNextSends(1000, "com.microsoft:server-busy");

    assertThatThrownBy(
            () ->
                result(
                    Source.single(new EventData("a"))
                        .runWith(Producer.plainSink(settings.withMaxRetries(3)), kit.system())))
        .cause()
        .isInstanceOf(ProduceException.class)
        .hasMessageContaining("4 attempts");
    assertThat(rejected.hits()).isEqualTo(4);
  }
}
