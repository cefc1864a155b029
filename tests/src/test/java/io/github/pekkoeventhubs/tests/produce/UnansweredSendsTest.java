// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.UnansweredSendException;
import io.github.pekkoeventhubs.UnansweredSends;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.ConnectedClient;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsFaults;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each route guarantees when answers are lost: the table of the guide. */
class UnansweredSendsTest {

  private static final String HUB = "orders";
  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(1);

  /** Within this time an event has been written into a frozen connection, on a busy machine too. */
  private static final Duration ON_ITS_WAY = Duration.ofSeconds(4);

  /** For what does not wait for the time to be over: no machine is as busy as that. */
  private static final Duration LONG = Duration.ofSeconds(30);

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());

  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 1).start();

  private ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withConnectionString(emulator.connectionString())
          .withEventHubName(HUB)
          .withMaxBatchEvents(1)
          .withMaxWait(Duration.ZERO)
          .withSendTimeout(SEND_TIMEOUT)
          .withRetryBackoff(Duration.ofMillis(20), Duration.ofMillis(50));

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void stopTheEmulator() {
    emulator.close();
  }

  private static Stream<Route> orderedRoutes() {
    return Stream.of(Route.partitionId("0"), Route.partitionKey("k"));
  }

  private static Stream<Route> routes() {
    return Stream.concat(orderedRoutes(), Stream.of(Route.roundRobin()));
  }

  private final class Sending {

    private final BoundedSourceQueue<String> queue;
    private final CompletionStage<Done> sent;

    private Sending(Route route) {
      var stream =
          Source.<String>queue(100)
              .map(body -> new Routed(new EventData(body), route))
              .toMat(Producer.routedSink(settings), Keep.both())
              .run(kit.system());
      queue = stream.first();
      sent = stream.second();
    }

    private void send(String body) {
      assertThat(queue.offer(body).isEnqueued()).isTrue();
    }

    private void sendAndAwait(String body) {
      send(body);
      awaitStored(body);
    }

    private void finish() throws Exception {
      queue.complete();
      sent.toCompletableFuture().get(30, SECONDS);
    }
  }

  private List<String> stored() {
    return new ArrayList<>(
        emulator.events(HUB, "0").stream().map(StoredEvent::bodyAsString).toList());
  }

  /** Without what an answer that came after the time-out has let be sent again. */
  private List<String> distinct() {
    return stored().stream().distinct().toList();
  }

  private void awaitStored(String body) {
    await().pollInterval(Duration.ofMillis(5)).until(() -> stored().contains(body));
  }

  /**
   * The service takes in an attempt, does not get round to it for longer than the sender waits, and
   * would store it after the next event.
   */
  @ParameterizedTest
  @MethodSource("orderedRoutes")
  void anAttemptThatTheServiceHasNotDealtWithIsTakenBackBeforeTheNextOne(Route route)
      throws Exception {
    Sending sending = new Sending(route);
    sending.sendAndAwait("0");
    emulator.faults().delayNextSends(1, SEND_TIMEOUT.multipliedBy(3));

    sending.send("1");
    sending.send("2");
    sending.finish();
    await()
        .pollDelay(SEND_TIMEOUT.multipliedBy(2).plusMillis(200))
        .until(() -> stored().size() >= 3);

    assertThat(distinct()).containsExactly("0", "1", "2");
    assertThat(stored()).endsWith("2");
  }

  @ParameterizedTest
  @MethodSource("routes")
  void whatWasStoredWithoutAnAnswerIsStoredTwice(Route route) throws Exception {
    settings = settings.withSendTimeout(ON_ITS_WAY);
    Sending sending = new Sending(route);
    sending.sendAndAwait("0");
    FaultHandle lost = emulator.faults().acceptButLoseNextSends(1);

    sending.send("1");
    await().until(() -> lost.hits() == 1);
    sending.send("2");
    sending.finish();

    assertThat(distinct()).containsExactlyInAnyOrder("0", "1", "2");
    assertThat(stored().stream().filter("1"::equals)).hasSizeGreaterThanOrEqualTo(2);
  }

  /** The network delivers late what it has taken over: no sender can take that back. */
  @Test
  void whatANetworkDeliversLateIsStoredBehindNewerEvents() throws Exception {
    settings = settings.withSendTimeout(ON_ITS_WAY);
    Sending sending = new Sending(Route.partitionKey("k"));
    sending.sendAndAwait("0");
    FaultHandle frozen = emulator.faults().freezeConnections();

    sending.send("1");
    sending.send("2");
    sending.finish();
    assertThat(stored()).containsExactly("0", "1", "2");
    frozen.cancel();

    await().until(() -> stored().size() == 4);
    assertThat(stored()).containsExactly("0", "1", "2", "1");
  }

  @ParameterizedTest
  @MethodSource("orderedRoutes")
  void withFailNothingIsStoredBehindNewerEvents(Route route) {
    settings = settings.withUnanswered(UnansweredSends.FAIL).withSendTimeout(ON_ITS_WAY);
    Sending sending = new Sending(route);
    sending.sendAndAwait("0");
    FaultHandle frozen = emulator.faults().freezeConnections();

    sending.send("1");
    sending.send("2");

    assertThatThrownBy(() -> sending.sent.toCompletableFuture().get(30, SECONDS))
        .cause()
        .isInstanceOf(UnansweredSendException.class)
        .hasMessageContaining("unanswered = fail");
    frozen.cancel();
    await().until(() -> stored().size() == 2);
    assertThat(stored()).containsExactly("0", "1");
  }

  @ParameterizedTest
  @MethodSource("orderedRoutes")
  void withFailALostAnswerFailsTheStreamAndNothingIsStoredTwice(Route route) {
    settings = settings.withUnanswered(UnansweredSends.FAIL).withSendTimeout(LONG);
    Sending sending = new Sending(route);
    sending.sendAndAwait("0");
    emulator.faults().acceptButLoseNextSends(1);

    sending.send("1");

    assertThatThrownBy(() -> sending.sent.toCompletableFuture().get(30, SECONDS))
        .cause()
        .isInstanceOf(UnansweredSendException.class);
    assertThat(stored()).containsExactly("0", "1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"com.microsoft:server-busy", "amqp:resource-limit-exceeded"})
  void withFailWhatTheServiceRefusesForNowIsSentAgain(String condition) throws Exception {
    settings = settings.withUnanswered(UnansweredSends.FAIL).withSendTimeout(LONG);
    FaultHandle busy = emulator.faults().rejectNextSends(2, condition);
    Sending sending = new Sending(Route.partitionId("0"));

    sending.send("0");
    sending.finish();

    assertThat(busy.hits()).isEqualTo(2);
    assertThat(stored()).containsExactly("0");
  }

  /** The SDK would send it again by itself, and nobody would hear of it. */
  @ParameterizedTest
  @ValueSource(strings = {"amqp:internal-error", "com.microsoft:timeout"})
  void withFailAnAnswerThatLeavesOpenWhatWasStoredFailsTheStream(String condition) {
    settings = settings.withUnanswered(UnansweredSends.FAIL).withSendTimeout(LONG);
    FaultHandle unclear = emulator.faults().rejectNextSends(1, condition);
    Sending sending = new Sending(Route.partitionId("0"));

    sending.send("0");

    assertThatThrownBy(() -> sending.sent.toCompletableFuture().get(30, SECONDS))
        .cause()
        .isInstanceOf(UnansweredSendException.class);
    assertThat(unclear.hits()).isEqualTo(1);
    assertThat(stored()).isEmpty();
  }

  /** What other batches have on their way over this connection is not to be lost with it. */
  @Test
  void aTimeOutThatTheServiceAnswersWithKeepsTheConnection() throws Exception {
    settings = settings.withSendTimeout(LONG);
    Sending sending = new Sending(Route.partitionId("0"));
    sending.sendAndAwait("0");
    List<Integer> before = ports();
    FaultHandle late = emulator.faults().rejectNextSends(1, "com.microsoft:timeout");

    sending.sendAndAwait("1");

    assertThat(late.hits()).isEqualTo(1);
    assertThat(ports()).isEqualTo(before);
    sending.finish();
    assertThat(stored()).containsExactly("0", "1");
  }

  /** A link that the service closes says nothing about a batch that is on its way. */
  @ParameterizedTest
  @ValueSource(strings = {"com.microsoft:server-busy", "amqp:resource-limit-exceeded"})
  void withFailALinkThatIsClosedAsBusyFailsTheStreamAndNothingIsStoredTwice(String condition) {
    assertFailsUnanswered(faults -> faults.detachSenders(condition));
  }

  /** Nor does the reason that it gives, however lasting: the batch may have been stored before. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "amqp:unauthorized-access",
        "amqp:not-found",
        "com.microsoft:entity-disabled",
        "com.microsoft:argument-error",
        "com.microsoft:argument-out-of-range",
        "amqp:link:message-size-exceeded",
        "amqp:link:stolen",
        "amqp:not-allowed"
      })
  void withFailALinkThatIsClosedForALastingReasonSaysNothingAboutTheBatch(String condition) {
    assertFailsUnanswered(faults -> faults.detachSenders(condition));
  }

  @Test
  void withFailAConnectionThatIsClosedForALastingReasonSaysNothingAboutTheBatch() {
    assertFailsUnanswered(faults -> faults.closeConnections("amqp:unauthorized-access"));
  }

  /** A batch is on its way when the fault strikes. */
  private void assertFailsUnanswered(Consumer<EventHubsFaults> fault) {
    settings = settings.withUnanswered(UnansweredSends.FAIL).withSendTimeout(LONG);
    Sending sending = new Sending(Route.partitionId("0"));
    sending.sendAndAwait("0");
    FaultHandle slow = emulator.faults().delayNextSends(1, Duration.ofMinutes(1));
    sending.send("1");
    await().until(() -> slow.hits() == 1);

    fault.accept(emulator.faults());

    assertThatThrownBy(() -> sending.sent.toCompletableFuture().get(30, SECONDS))
        .cause()
        .isInstanceOf(UnansweredSendException.class);
    assertThat(stored()).containsExactly("0");
  }

  /** The service has answered the batch itself: it is not stored. */
  @Test
  void withFailABatchWhoseAccessIsRefusedIsSentAgainWithANewToken() throws Exception {
    settings = settings.withUnanswered(UnansweredSends.FAIL).withSendTimeout(LONG);
    Sending sending = new Sending(Route.partitionId("0"));
    sending.sendAndAwait("0");
    FaultHandle refused = emulator.faults().rejectNextSends(1, "amqp:unauthorized-access");

    sending.send("1");
    sending.finish();

    assertThat(refused.hits()).isEqualTo(1);
    assertThat(stored()).containsExactly("0", "1");
  }

  @Test
  void withFailAnAccessThatIsRefusedAgainIsReportedAsSuch() {
    settings = settings.withUnanswered(UnansweredSends.FAIL).withSendTimeout(LONG);
    Sending sending = new Sending(Route.partitionId("0"));
    sending.sendAndAwait("0");
    emulator.faults().rejectNextSends(2, "amqp:unauthorized-access");

    sending.send("1");

    assertThatThrownBy(() -> sending.sent.toCompletableFuture().get(30, SECONDS))
        .cause()
        .isInstanceOf(EventHubsAuthorizationException.class);
    assertThat(stored()).containsExactly("0");
  }

  private List<Integer> ports() {
    return emulator.connections().stream().map(ConnectedClient::port).toList();
  }

  @Test
  void withFailRoundRobinIsSentAgainSinceItHasNoOrder() throws Exception {
    settings = settings.withUnanswered(UnansweredSends.FAIL).withSendTimeout(LONG);
    Sending sending = new Sending(Route.roundRobin());
    sending.sendAndAwait("0");
    emulator.faults().acceptButLoseNextSends(1);

    sending.send("1");
    sending.finish();

    assertThat(stored()).containsExactly("0", "1", "1");
  }

  /** The SDK would go on waiting for an hour. */
  private ProducerSettings withoutTheTimeoutOfTheSdk() {
    return settings.withClientCustomizer(
        builder ->
            builder.retryOptions(
                new AmqpRetryOptions().setMaxRetries(0).setTryTimeout(Duration.ofHours(1))));
  }

  /** A batch is opened over a link, which the connection that has gone silent never opens. */
  @Test
  void anOpeningThatNeverEndsDoesNotHoldItsRoute() throws Exception {
    var stream =
        Source.<Routed>queue(100)
            .toMat(Producer.routedSink(withoutTheTimeoutOfTheSdk()), Keep.both())
            .run(kit.system());
    stream.first().offer(new Routed(new EventData("0"), Route.partitionId("0")));
    awaitStored("0");
    emulator.faults().freezeConnections();

    stream.first().offer(new Routed(new EventData("1"), Route.roundRobin()));
    stream.first().complete();
    stream.second().toCompletableFuture().get(30, SECONDS);

    assertThat(distinct()).containsExactly("0", "1");
  }

  @Test
  void aCallThatNeverEndsDoesNotHoldItsPartition() throws Exception {
    settings = withoutTheTimeoutOfTheSdk();
    Sending sending = new Sending(Route.partitionId("0"));
    sending.sendAndAwait("0");
    emulator.faults().freezeConnections();

    sending.send("1");
    sending.finish();

    assertThat(distinct()).containsExactly("0", "1");
  }
}
