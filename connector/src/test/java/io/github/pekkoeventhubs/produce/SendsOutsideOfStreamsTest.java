// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.EventTooLargeException;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.produce.FakeSender.Attempt;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendsOutsideOfStreamsTest {

  private static final int LIMIT = 10;
  private static final String TOO_LARGE = "x".repeat(LIMIT + 1);
  private static final Duration SOON = Duration.ofSeconds(10);

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());

  private final FakeSender sender = new FakeSender(LIMIT);
  private final BoundedSourceQueue<PendingSend> queue =
      Source.<PendingSend>queue(100)
          .via(
              ProducerStage.ofSends(
                  ProducerSettings.create(kit.system()).withMaxBatchEvents(3).withMaxRetries(0),
                  system -> sender,
                  System::nanoTime))
          .toMat(Sink.<Done>ignore(), Keep.left())
          .run(kit.system());

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void stopTheStream() {
    queue.complete();
    await().until(sender::isClosed);
  }

  private CompletableFuture<Done> send(String... bodies) {
    return send(Route.partitionId("0"), bodies);
  }

  private CompletableFuture<Done> send(Route route, String... bodies) {
    List<Routed> events =
        Arrays.stream(bodies).map(body -> new Routed(new EventData(body), route)).toList();
    PendingSend send = new PendingSend(events, Optional.empty(), Runnable::run);
    queue.offer(send);
    return send.answer();
  }

  @Test
  void aSendIsAnsweredWhenAllOfItsEventsAreAcknowledged() {
    CompletableFuture<Done> both = send("a", "b");
    CompletableFuture<Done> next = send("c", "d");

    Attempt first = sender.nextAttempt();
    assertThat(first.events()).containsExactly("a", "b", "c");
    first.acknowledge();
    assertThat(both).succeedsWithin(SOON);
    assertThat(next).isNotDone();

    sender.nextAttempt().acknowledge();
    assertThat(next).succeedsWithin(SOON);
  }

  @Test
  void anEventThatIsTooLargeFailsAlone() {
    CompletableFuture<Done> before = send("a");
    CompletableFuture<Done> tooLarge = send(TOO_LARGE);
    CompletableFuture<Done> after = send("b");

    sender.nextAttempt().acknowledge();
    sender.nextAttempt().acknowledge();

    assertThat(before).succeedsWithin(SOON);
    assertThat(after).succeedsWithin(SOON);
    assertThat(tooLarge)
        .failsWithin(SOON)
        .withThrowableThat()
        .withCauseInstanceOf(EventTooLargeException.class);
  }

  /** The three are one load before the batch is open, which has room for two of them. */
  @Test
  void whatIsStoredSucceedsWhereTheRestOfItsLoadFails() {
    FakeSender.HeldOpening opening = sender.holdNextOpening();
    CompletableFuture<Done> first = send("aaaa", "bbbb");
    CompletableFuture<Done> rest = send("cccc");
    opening.openWhenItIsToBeSent();

    Attempt stored = sender.nextAttempt();
    assertThat(stored.events()).containsExactly("aaaa", "bbbb");
    stored.acknowledge();
    Attempt failing = sender.nextAttempt();
    assertThat(failing.events()).containsExactly("cccc");
    failing.fail(new AmqpException(false, AmqpErrorCondition.ENTITY_DISABLED_ERROR, "quota", null));

    assertThat(first).succeedsWithin(SOON);
    assertThat(rest)
        .failsWithin(SOON)
        .withThrowableThat()
        .withCauseInstanceOf(ProduceException.class);
  }

  @Test
  void aBatchThatFailsFailsItsSendsAndTheNextOneIsSent() {
    CompletableFuture<Done> failing = send("a", "b", "c");
    CompletableFuture<Done> next = send("d");

    sender
        .nextAttempt()
        .fail(new AmqpException(false, AmqpErrorCondition.ENTITY_DISABLED_ERROR, "quota", null));
    assertThat(failing)
        .failsWithin(SOON)
        .withThrowableThat()
        .withCauseInstanceOf(ProduceException.class);

    sender.nextAttempt().acknowledge();
    assertThat(next).succeedsWithin(SOON);
  }

  @Test
  void whereThePartitionsCannotBeFoundOnlyEventsWithKeysFail() {
    sender.answerPartitions(
        CompletableFuture.failedFuture(
            new AmqpException(false, AmqpErrorCondition.ENTITY_DISABLED_ERROR, "quota", null)));
    CompletableFuture<Done> keyed = send(Route.partitionKey("k"), "a");
    CompletableFuture<Done> other = send("b");

    sender.nextAttempt().acknowledge();
    assertThat(other).succeedsWithin(SOON);
    assertThat(keyed).failsWithin(SOON);
  }

  @Test
  void aFaultOfOursIsTheAnswerToItsSendAlone() {
    IllegalStateException bug = new IllegalStateException("in the encoding");
    sender.throwWhenAdding(bug);

    assertThat(send("a"))
        .failsWithin(SOON)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(EventHubsException.class)
        .withMessageContaining("please report it")
        .withCause(bug);
  }

  @Test
  void aFaultOfOursBeforeTheQueueIsAnAnswerToo() {
    IllegalStateException bug = new IllegalStateException("in the estimate");
    SendQueue unused =
        new SendQueue(
            ProducerSettings.create(kit.system())
                .withConnectionString(
                    "Endpoint=sb://localhost;SharedAccessKeyName=n;SharedAccessKey=a2V5")
                .withEventHubName("orders"),
            kit.system().classicSystem());
    EventData impossible =
        new EventData("impossible") {
          @Override
          public byte[] getBody() {
            throw bug;
          }
        };

    assertThat(unused.send(List.of(new Routed(impossible, Route.roundRobin()))))
        .failsWithin(SOON)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(EventHubsException.class)
        .withMessageContaining("please report it")
        .withCause(bug);
    assertThat(unused.close()).succeedsWithin(SOON);
  }
}
