// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.produce.FakeSender.Attempt;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.StreamTestKit;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A producing stage whose sender and clock the test serves by hand. */
abstract class ProducerStageFixture {

  static final Duration MAX_WAIT = Duration.ofSeconds(1);
  static final Duration BACKOFF = Duration.ofSeconds(10);
  static final Duration A_MOMENT = Duration.ofMillis(50);
  static final int LIMIT = 1000;
  static final String LARGE = "x".repeat(300);

  static final Route KEY = Route.partitionKey("k");
  static final Route OTHER_KEY = Route.partitionKey("l");
  static final Route ANY = Route.roundRobin();

  @SuppressWarnings("NullAway.Init") // Before all tests of a class.
  static ActorTestKit kit;

  @SuppressWarnings("NullAway.Init")
  static ManualTime time;

  final AtomicLong clock = new AtomicLong();
  FakeSender sender = new FakeSender(LIMIT);

  ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withMaxBatchBytes(LIMIT)
          .withMaxBatchEvents(3)
          .withMaxWait(MAX_WAIT)
          .withParallelism(2)
          .withMaxBufferedBytes(100_000)
          .withMaxRetries(2)
          .withRetryBackoff(BACKOFF, BACKOFF);

  @BeforeAll
  static void startTheSystem() {
    kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
    time = ManualTime.get(kit.system());
  }

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void everyStageHasStoppedAndClosedItsSender() {
    StreamTestKit.assertAllStagesStopped(SystemMaterializer.get(kit.system()).materializer());
    soon().until(sender::isClosed);
  }

  final class Run {

    final PullCounter<Envelope<String>> counter = new PullCounter<>();
    final TestPublisher.Probe<Envelope<String>> upstream;
    final TestSubscriber.Probe<Results<String>> downstream;
    int sent;

    Run() {
      var probes =
          TestSource.<Envelope<String>>create(kit.system())
              .via(counter)
              .via(ProducerStage.ofEnvelopes(settings, system -> sender, clock::get))
              .toMat(TestSink.create(kit.system()), Keep.both())
              .run(kit.system());
      upstream = probes.first();
      downstream = probes.second();
    }

    /** Sends an event for each of the bodies, and waits until the stage has taken them in. */
    void send(Route route, String... bodies) {
      for (String body : bodies) {
        send(ProducerMessage.single(new EventData(body), route, body));
      }
    }

    void send(Envelope<String> envelope) {
      offer(envelope);
      soon().until(() -> counter.pulls() == sent + 1);
    }

    void offer(Envelope<String> envelope) {
      upstream.sendNext(envelope);
      sent++;
    }

    void offer(Route route, String... bodies) {
      for (String body : bodies) {
        offer(ProducerMessage.single(new EventData(body), route, body));
      }
    }

    void request(int results) {
      downstream.ensureSubscription();
      downstream.request(results);
    }

    void expect(String... passedThrough) {
      for (String expected : passedThrough) {
        assertThat(downstream.expectNext().passThrough()).isEqualTo(expected);
      }
    }

    void expectNothing() {
      downstream.expectNoMessage(A_MOMENT);
    }

    void finish() {
      upstream.sendComplete();
      downstream.expectComplete();
    }
  }

  static ConditionFactory soon() {
    return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
  }

  /** The next attempt, which is made after this time, or after the same time again. */
  Attempt nextAttemptAfter(Duration duration) {
    soon()
        .until(
            () -> {
              pass(duration);
              return sender.hasAttempt();
            });
    return sender.nextAttempt();
  }

  void pass(Duration duration) {
    clock.addAndGet(duration.toNanos());
    time.timePasses(duration);
  }

  void expectNoAttempt() {
    soon().during(A_MOMENT).until(() -> !sender.hasAttempt());
  }

  static AmqpException throttled() {
    return new AmqpException(true, AmqpErrorCondition.SERVER_BUSY_ERROR, "busy", null);
  }

  static AmqpException refused(AmqpErrorCondition condition) {
    return new AmqpException(false, condition, "refused", null);
  }

  /** The destination of a key. */
  static Destination placed(String key) {
    KeyPlacement placement = new KeyPlacement();
    placement.partitionsAre(new FakeSender(LIMIT).partitionIds().toCompletableFuture().join());
    return placement.of(key);
  }

  static Routed routed(String body, Route route) {
    return new Routed(new EventData(body), route);
  }
}
