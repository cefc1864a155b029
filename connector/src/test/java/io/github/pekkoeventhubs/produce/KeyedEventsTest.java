// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.produce.FakeSender.Attempt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Events with partition keys are batched by the partitions that their keys lead to. */
class KeyedEventsTest {

  private static final Duration REFRESH = Duration.ofMinutes(1);

  private static final ActorTestKit kit =
      ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
  private static final ManualTime time = ManualTime.get(kit.system());

  private final FakeSender sender = new FakeSender(1000);
  private final ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withMaxBatchEvents(2)
          .withMaxRetries(1)
          .withRetryBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1))
          .withPartitionRefreshInterval(REFRESH);

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  private Pair<TestPublisher.Probe<Routed>, CompletionStage<Done>> run() {
    return TestSource.<Routed>create(kit.system())
        .via(
            ProducerStage.ofEvents(
                settings, system -> sender, System::nanoTime, (Routed routed) -> routed))
        .toMat(Sink.<Done>ignore(), Keep.both())
        .run(kit.system());
  }

  private static Routed event(String body, Route route) {
    return new Routed(new EventData(body), route);
  }

  private static Routed keyed(String key) {
    return event(key, Route.partitionKey(key));
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  private static CompletableFuture<List<String>> partitions(int count) {
    return CompletableFuture.completedFuture(ids(count));
  }

  private static Destination placed(String key, int partitions) {
    return Destination.keysOf(ids(partitions).get(KeyHash.partitionIndex(key, partitions)));
  }

  @Test
  void keysOfOnePartitionShareABatch() {
    sender.answerPartitions(partitions(1));
    var stream = run();

    stream.first().sendNext(keyed("a")).sendNext(keyed("b"));

    Attempt attempt = sender.nextAttempt();
    assertThat(attempt.destination()).isEqualTo(Destination.keysOf("0"));
    assertThat(attempt.events()).containsExactly("a", "b");
    attempt.acknowledge();
    stream.first().sendComplete();
    await().until(stream.second().toCompletableFuture()::isDone);
  }

  @Test
  void eventsWithKeysWaitForThePartitionsAndTheOthersDoNot() {
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    sender.answerPartitions(answer);
    var stream = run();

    stream.first().sendNext(keyed("a")).sendNext(event("x", Route.partitionId("0")));
    stream.first().sendNext(event("y", Route.partitionId("0"))).sendNext(keyed("a"));

    Attempt named = sender.nextAttempt();
    assertThat(named.destination()).isEqualTo(Destination.partition("0"));
    named.acknowledge();
    assertThat(sender.hasAttempt()).isFalse();

    answer.complete(ids(1));
    Attempt keys = sender.nextAttempt();
    assertThat(keys.events()).containsExactly("a", "a");
    keys.acknowledge();
    stream.first().sendComplete();
    await().until(stream.second().toCompletableFuture()::isDone);
  }

  @Test
  void theQuestionForThePartitionsIsRepeatedAfterAPassingFailure() {
    sender.answerPartitions(
        CompletableFuture.failedFuture(
            new AmqpException(true, AmqpErrorCondition.SERVER_BUSY_ERROR, "busy", null)));
    var stream = run();
    stream.first().sendNext(keyed("a")).sendNext(keyed("a"));
    await().until(() -> sender.partitionQuestions() == 1);

    sender.answerPartitions(partitions(1));
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              time.timePasses(Duration.ofSeconds(1));
              return sender.hasAttempt();
            });

    sender.nextAttempt().acknowledge();
    stream.first().sendComplete();
    await().until(stream.second().toCompletableFuture()::isDone);
  }

  @Test
  void aLastingFailureOfTheQuestionFailsTheStream() {
    sender.answerPartitions(
        CompletableFuture.failedFuture(
            new AmqpException(
                false, AmqpErrorCondition.NOT_FOUND, "The messaging entity is missing", null)));
    var stream = run();

    stream.first().sendNext(keyed("a"));

    assertThat(stream.second())
        .failsWithin(Duration.ofSeconds(15))
        .withThrowableThat()
        .withCauseInstanceOf(EventHubNotFoundException.class);
  }

  /** Its events would wait for a place for ever. */
  @Test
  void anEventHubOfWhichNoPartitionsAreNamedFailsTheStream() {
    sender.answerPartitions(partitions(0));
    var stream = run();

    stream.first().sendNext(keyed("a"));

    assertThat(stream.second())
        .failsWithin(Duration.ofSeconds(15))
        .withThrowableThat()
        .withCauseInstanceOf(PartitionNotFoundException.class);
  }

  @Test
  void newPartitionsAreFoundAndGetTheirShareOfTheKeys() {
    String moving =
        IntStream.range(0, 100)
            .mapToObj(i -> "key " + i)
            .filter(key -> !placed(key, 4).equals(placed(key, 5)))
            .findFirst()
            .orElseThrow();
    sender.answerPartitions(partitions(4));
    var stream = run();
    stream.first().sendNext(keyed(moving)).sendNext(keyed(moving));
    Attempt before = sender.nextAttempt();
    assertThat(before.destination()).isEqualTo(placed(moving, 4));
    before.acknowledge();

    sender.answerPartitions(partitions(5));
    time.timePasses(REFRESH);
    await().until(() -> sender.partitionQuestions() == 2);

    await()
        .until(
            () -> {
              stream.first().sendNext(keyed(moving)).sendNext(keyed(moving));
              Attempt attempt = sender.nextAttempt();
              attempt.acknowledge();
              return attempt.destination().equals(placed(moving, 5));
            });
    stream.first().sendComplete();
    await().until(stream.second().toCompletableFuture()::isDone);
  }

  @Test
  void withoutKeysThePartitionsAreNotAskedFor() {
    var stream = run();

    stream.first().sendNext(event("x", Route.partitionId("0"))).sendComplete();
    sender.nextAttempt().acknowledge();

    await().until(stream.second().toCompletableFuture()::isDone);
    assertThat(sender.partitionQuestions()).isZero();
  }
}
