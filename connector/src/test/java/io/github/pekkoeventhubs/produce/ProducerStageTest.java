// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.EventTooLargeException;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.produce.FakeSender.Attempt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
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
import org.junit.jupiter.api.Test;

class ProducerStageTest {

  private static final Duration MAX_WAIT = Duration.ofSeconds(1);
  private static final Duration BACKOFF = Duration.ofSeconds(10);
  private static final Duration A_MOMENT = Duration.ofMillis(50);
  private static final int LIMIT = 1000;
  private static final String LARGE = "x".repeat(300);

  private static final Route KEY = Route.partitionKey("k");
  private static final Route OTHER_KEY = Route.partitionKey("l");
  private static final Route ANY = Route.roundRobin();

  private static final ActorTestKit kit =
      ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
  private static final ManualTime time = ManualTime.get(kit.system());

  private final AtomicLong clock = new AtomicLong();
  private FakeSender sender = new FakeSender(LIMIT);

  private ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withMaxBatchBytes(LIMIT)
          .withMaxBatchEvents(3)
          .withMaxWait(MAX_WAIT)
          .withParallelism(2)
          .withMaxBufferedBytes(100_000)
          .withMaxRetries(2)
          .withRetryBackoff(BACKOFF, BACKOFF);

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void everyStageHasStoppedAndClosedItsSender() {
    StreamTestKit.assertAllStagesStopped(SystemMaterializer.get(kit.system()).materializer());
    soon().until(sender::isClosed);
  }

  private final class Run {

    private final PullCounter<Envelope<String>> counter = new PullCounter<>();
    private final TestPublisher.Probe<Envelope<String>> upstream;
    private final TestSubscriber.Probe<Results<String>> downstream;
    private int sent;

    private Run() {
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
    private void send(Route route, String... bodies) {
      for (String body : bodies) {
        send(ProducerMessage.single(new EventData(body), route, body));
      }
    }

    private void send(Envelope<String> envelope) {
      offer(envelope);
      soon().until(() -> counter.pulls() == sent + 1);
    }

    private void offer(Envelope<String> envelope) {
      upstream.sendNext(envelope);
      sent++;
    }

    private void offer(Route route, String... bodies) {
      for (String body : bodies) {
        offer(ProducerMessage.single(new EventData(body), route, body));
      }
    }

    private void request(int results) {
      downstream.ensureSubscription();
      downstream.request(results);
    }

    private void expect(String... passedThrough) {
      for (String expected : passedThrough) {
        assertThat(downstream.expectNext().passThrough()).isEqualTo(expected);
      }
    }

    private void expectNothing() {
      downstream.expectNoMessage(A_MOMENT);
    }

    private void finish() {
      upstream.sendComplete();
      downstream.expectComplete();
    }
  }

  private static ConditionFactory soon() {
    return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
  }

  /** The next attempt, which is made after this time, or after the same time again. */
  private Attempt nextAttemptAfter(Duration duration) {
    soon()
        .until(
            () -> {
              pass(duration);
              return sender.hasAttempt();
            });
    return sender.nextAttempt();
  }

  private void pass(Duration duration) {
    clock.addAndGet(duration.toNanos());
    time.timePasses(duration);
  }

  private void expectNoAttempt() {
    soon().during(A_MOMENT).until(() -> !sender.hasAttempt());
  }

  private static AmqpException throttled() {
    return new AmqpException(true, AmqpErrorCondition.SERVER_BUSY_ERROR, "busy", null);
  }

  private static AmqpException refused(AmqpErrorCondition condition) {
    return new AmqpException(false, condition, "refused", null);
  }

  private static Destination placed(String key) {
    KeyPlacement placement = new KeyPlacement();
    placement.partitionsAre(new FakeSender(LIMIT).partitionIds().toCompletableFuture().join());
    return placement.of(key);
  }

  private static Routed routed(String body, Route route) {
    return new Routed(new EventData(body), route);
  }

  @Test
  void aFullBatchIsSentAtOnceAndItsResultsAreEmittedWhenItIsAcknowledged() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");

    Attempt attempt = sender.nextAttempt();
    assertThat(attempt.destination()).isEqualTo(placed("k"));
    assertThat(attempt.events()).containsExactly("a", "b", "c");
    run.expectNothing();

    attempt.acknowledge();
    run.expect("a", "b", "c");
    run.finish();
  }

  @Test
  void aBatchThatIsNotFullWaitsForItsTime() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b");
    expectNoAttempt();

    Attempt attempt = nextAttemptAfter(MAX_WAIT);

    assertThat(attempt.events()).containsExactly("a", "b");
    attempt.acknowledge();
    run.expect("a", "b");
    run.finish();
  }

  @Test
  void eachBatchWaitsForItsOwnTime() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a");
    expectNoAttempt();
    pass(MAX_WAIT.dividedBy(2));
    run.send(OTHER_KEY, "b");
    expectNoAttempt();

    pass(MAX_WAIT.dividedBy(2));
    Attempt first = sender.nextAttempt();
    expectNoAttempt();
    pass(MAX_WAIT.dividedBy(2));
    Attempt second = sender.nextAttempt();

    assertThat(first.events()).containsExactly("a");
    assertThat(second.events()).containsExactly("b");
    first.acknowledge();
    second.acknowledge();
    run.expect("a", "b");
    run.finish();
  }

  @Test
  void resultsAreEmittedInTheOrderOfTheEnvelopes() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");
    run.send(OTHER_KEY, "d", "e", "f");
    Attempt first = sender.nextAttempt();
    Attempt second = sender.nextAttempt();

    second.acknowledge();
    run.expectNothing();
    first.acknowledge();

    run.expect("a", "b", "c", "d", "e", "f");
    run.finish();
  }

  @Test
  void anEnvelopeOfSeveralEventsIsFinishedWhenAllOfThemAreAcknowledged() {
    Run run = new Run();
    run.request(10);
    run.send(
        ProducerMessage.multi(
            List.of(routed("a", KEY), routed("b", OTHER_KEY), routed("c", KEY)), "both"));
    Attempt first = nextAttemptAfter(MAX_WAIT);
    Attempt second = sender.nextAttempt();
    assertThat(first.events()).containsExactly("a", "c");
    assertThat(second.events()).containsExactly("b");

    first.acknowledge();
    run.expectNothing();
    second.acknowledge();

    Results<String> results = run.downstream.expectNext();
    assertThat(results.passThrough()).isEqualTo("both");
    assertThat(results.events())
        .extracting(EventData::getBodyAsString)
        .containsExactly("a", "b", "c");
    run.finish();
  }

  @Test
  void anEnvelopeWithoutEventsComesOutAfterThoseBeforeIt() {
    Run run = new Run();
    run.request(10);
    run.send(ProducerMessage.passThrough("first"));
    run.expect("first");

    run.send(KEY, "a", "b", "c");
    run.send(ProducerMessage.passThrough("last"));
    Attempt attempt = sender.nextAttempt();
    run.expectNothing();

    attempt.acknowledge();
    run.expect("a", "b", "c", "last");
    run.finish();
  }

  @Test
  void batchesInFlightAreBounded() {
    Run run = new Run();
    run.request(20);
    run.send(ANY, "a", "b", "c", "d", "e", "f", "g", "h", "i");
    Attempt first = sender.nextAttempt();
    Attempt second = sender.nextAttempt();
    expectNoAttempt();

    second.acknowledge();
    Attempt third = sender.nextAttempt();

    assertThat(third.events()).containsExactly("g", "h", "i");
    first.acknowledge();
    third.acknowledge();
    run.expect("a", "b", "c", "d", "e", "f", "g", "h", "i");
    run.finish();
  }

  @Test
  void aKeyHasOneBatchInFlightAlsoWhileItIsSentAgain() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c", "d", "e", "f");
    Attempt failing = sender.nextAttempt();
    expectNoAttempt();
    failing.fail(throttled());
    expectNoAttempt();
    Attempt again = nextAttemptAfter(BACKOFF);
    expectNoAttempt();

    again.acknowledge();
    Attempt next = sender.nextAttempt();
    next.acknowledge();

    assertThat(again.events()).isEqualTo(failing.events());
    assertThat(next.events()).containsExactly("d", "e", "f");
    run.expect("a", "b", "c", "d", "e", "f");
    run.finish();
  }

  @Test
  void takesNoMoreThanTheBufferHoldsAndSendsWhatItHasWithoutWaiting() {
    settings = settings.withMaxBufferedBytes(2 * LIMIT);
    Run run = new Run();
    run.request(10);
    // Each takes its size, and more than 1 KB for the objects of an event with a key.
    run.offer(KEY, LARGE, LARGE, LARGE, LARGE, LARGE);
    Attempt first = sender.nextAttempt();
    run.expectNothing();
    assertThat(run.counter.pulls()).isEqualTo(2);

    first.acknowledge();
    run.expect(LARGE, LARGE);
    Attempt second = sender.nextAttempt();
    run.expectNothing();
    assertThat(run.counter.pulls()).isEqualTo(4);

    second.acknowledge();
    run.expect(LARGE, LARGE);
    nextAttemptAfter(MAX_WAIT).acknowledge();
    run.expect(LARGE);
    run.finish();
    assertThat(List.of(first.events(), second.events())).allMatch(events -> events.size() == 2);
  }

  @Test
  void aFullBufferLetsABatchWaitForTheRoomThatWhatIsUnderWayWillMake() {
    settings = settings.withMaxBufferedBytes(2 * LIMIT).withMaxBatchEvents(1000);
    Run run = new Run();
    run.request(10);
    run.send(KEY, LARGE);
    Attempt first = nextAttemptAfter(MAX_WAIT);
    run.offer(KEY, "a");
    run.offer(OTHER_KEY, LARGE, LARGE);
    expectNoAttempt();

    first.acknowledge();
    run.expect(LARGE);
    Attempt second = sender.nextAttempt();
    Attempt third = sender.nextAttempt();
    second.acknowledge();
    third.acknowledge();
    assertThat(List.of(second.events(), third.events()))
        .containsExactly(List.of("a"), List.of(LARGE));
    run.expect("a", LARGE);
    nextAttemptAfter(MAX_WAIT).acknowledge();
    run.expect(LARGE);
    run.finish();
  }

  @Test
  void resultsThatNobodyAsksForFillTheBuffer() {
    settings = settings.withMaxBufferedBytes(2 * LIMIT);
    Run run = new Run();
    run.downstream.ensureSubscription();
    run.offer(KEY, LARGE, LARGE, LARGE);
    sender.nextAttempt().acknowledge();
    run.expectNothing();
    assertThat(run.counter.pulls()).isEqualTo(2);

    run.request(1);
    run.expect(LARGE);
    soon().until(() -> run.counter.pulls() == 3);

    run.request(2);
    run.expect(LARGE);
    nextAttemptAfter(MAX_WAIT).acknowledge();
    run.expect(LARGE);
    run.finish();
  }

  @Test
  void aBatchThatIsFullSoonerThanEstimatedIsSentAtOnceAndTheEventGoesIntoTheNext() {
    sender = new FakeSender(2);
    Run run = new Run();
    run.request(10);
    run.send(ANY, "a", "b", "c");

    Attempt first = sender.nextAttempt();
    assertThat(first.events()).containsExactly("a", "b");
    Attempt second = nextAttemptAfter(MAX_WAIT);
    assertThat(second.events()).containsExactly("c");

    first.acknowledge();
    run.expect("a", "b");
    second.acknowledge();
    run.expect("c");
    run.finish();
  }

  @Test
  void whatDoesNotFitIntoOneBatchIsSentInSeveralOneAfterTheOther() {
    sender = new FakeSender(2);
    // What fits is not known as long as there is no batch of the SDK's.
    sender.failNextOpening(throttled());
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");

    Attempt first = nextAttemptAfter(BACKOFF);
    assertThat(first.events()).containsExactly("a", "b");
    expectNoAttempt();
    first.acknowledge();
    run.expectNothing();
    Attempt second = sender.nextAttempt();
    assertThat(second.events()).containsExactly("c");
    second.acknowledge();

    run.expect("a", "b", "c");
    run.finish();
  }

  @Test
  void anEventThatIsTooLargeFailsTheStreamWithItsSizeAndTheLimit() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "x".repeat(LIMIT + 1));

    Throwable failure = run.downstream.expectError();

    assertThat(failure)
        .isInstanceOfSatisfying(
            EventTooLargeException.class,
            tooLarge -> {
              assertThat(tooLarge.size()).isBetween(LIMIT + 1L, LIMIT + 150L);
              assertThat(tooLarge.limit()).isEqualTo(LIMIT);
            })
        .hasMessageContaining(String.valueOf(LIMIT))
        .hasMessageContaining("max-batch-bytes");
  }

  @Test
  void aHandlerReplacesWhatIsTooLargeInItsPlace() {
    settings =
        settings.withOversizedEventHandler(
            (event, reason) ->
                CompletableFuture.completedFuture(
                    Optional.of(new EventData("stored " + event.event().getBody().length))));
    Run run = new Run();
    run.request(10);
    String large = "x".repeat(2000);
    run.send(KEY, "a", large, "b");

    Attempt first = sender.nextAttempt();
    first.acknowledge();
    Attempt second = sender.nextAttempt();
    second.acknowledge();
    Attempt third = nextAttemptAfter(MAX_WAIT);
    third.acknowledge();

    assertThat(List.of(first.events(), second.events(), third.events()))
        .containsExactly(List.of("a"), List.of("stored 2000"), List.of("b"));
    run.expect("a");
    Results<String> replaced = run.downstream.expectNext();
    assertThat(replaced.events())
        .extracting(EventData::getBodyAsString)
        .containsExactly("stored 2000");
    assertThat(replaced.passThrough()).isEqualTo(large);
    run.expect("b");
    run.finish();
  }

  @Test
  void aHandlerMayTakeAnEventAwayAndTheResultWaitsForIt() {
    CompletableFuture<Optional<EventData>> handled = new CompletableFuture<>();
    settings = settings.withOversizedEventHandler((event, reason) -> handled);
    Run run = new Run();
    run.request(10);
    run.send(KEY, "x".repeat(2000));
    run.expectNothing();

    handled.complete(Optional.empty());

    assertThat(run.downstream.expectNext().events()).isEmpty();
    expectNoAttempt();
    run.finish();
  }

  @Test
  void aReplacementThatIsTooLargeAsWellFailsTheStream() {
    settings =
        settings.withOversizedEventHandler(
            (event, reason) -> CompletableFuture.completedFuture(Optional.of(event.event())));
    Run run = new Run();
    run.request(1);
    run.send(KEY, "x".repeat(2000));

    assertThat(run.downstream.expectError()).isInstanceOf(EventTooLargeException.class);
  }

  @Test
  void aHandlerThatFailsFailsTheStream() {
    CompletionStage<Optional<EventData>> failed =
        CompletableFuture.failedFuture(new IllegalArgumentException("no place to put it"));
    settings = settings.withOversizedEventHandler((event, reason) -> failed);
    Run run = new Run();
    run.request(1);
    run.send(KEY, "x".repeat(2000));

    assertThat(run.downstream.expectError()).hasMessage("no place to put it");
  }

  @Test
  void aPassingFailureIsRetriedUntilTheRetriesAreUsedUp() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");

    sender.nextAttempt().fail(throttled());
    expectNoAttempt();
    nextAttemptAfter(BACKOFF).fail(new TimeoutException("no answer"));
    expectNoAttempt();
    pass(BACKOFF);
    AmqpException last = throttled();
    sender.nextAttempt().fail(last);

    assertThat(run.downstream.expectError())
        .isInstanceOf(ProduceException.class)
        .hasMessageContaining("3 events")
        .hasMessageContaining("3 attempts")
        .hasCause(last);
  }

  @Test
  void connectingIsRetriedLikeSending() {
    sender.failNextOpening(throttled());
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");
    expectNoAttempt();

    nextAttemptAfter(BACKOFF).acknowledge();

    run.expect("a", "b", "c");
    run.finish();
  }

  @Test
  void aLastingFailureFailsTheStreamAtOnce() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");

    sender.nextAttempt().fail(refused(AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED));

    assertThat(run.downstream.expectError())
        .isInstanceOf(ProduceException.class)
        .hasMessageContaining("1 attempt:");
    run.upstream.expectCancellation();
  }

  @Test
  void aMissingRightIsReportedAsSuch() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");

    sender.nextAttempt().fail(refused(AmqpErrorCondition.UNAUTHORIZED_ACCESS));

    assertThat(run.downstream.expectError()).isInstanceOf(EventHubsAuthorizationException.class);
  }

  @Test
  void completionSendsWhatWaitsAndWaitsForTheAcknowledgements() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a");
    run.send(OTHER_KEY, "b");
    expectNoAttempt();

    run.upstream.sendComplete();
    Attempt first = sender.nextAttempt();
    Attempt second = sender.nextAttempt();
    run.expectNothing();
    assertThat(sender.isClosed()).isFalse();
    first.acknowledge();
    second.acknowledge();

    run.expect("a", "b");
    run.downstream.expectComplete();
  }

  @Test
  void completionWaitsUntilTheResultsHaveBeenAskedFor() {
    Run run = new Run();
    run.downstream.ensureSubscription();
    run.send(KEY, "a");
    run.upstream.sendComplete();
    sender.nextAttempt().acknowledge();
    run.expectNothing();

    run.request(1);

    run.expect("a");
    run.downstream.expectComplete();
  }

  @Test
  void anEmptyStreamCompletes() {
    Run run = new Run();
    run.downstream.ensureSubscription();
    run.finish();
  }

  @Test
  void aFailureOfTheUpstreamGoesOnWhenWhatWasTakenInHasBeenSent() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c", "d");
    Attempt first = sender.nextAttempt();
    Exception failure = new IllegalStateException("upstream");

    run.upstream.sendError(failure);
    run.expectNothing();
    first.acknowledge();
    run.expect("a", "b", "c");
    sender.nextAttempt().acknowledge();

    run.expect("d");
    assertThat(run.downstream.expectError()).isSameAs(failure);
  }

  @Test
  void aFailureOfTheUpstreamGoesOnAfterAllResultsOfTheLastBatchThatAreAskedFor() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");
    Exception failure = new IllegalStateException("upstream");

    run.upstream.sendError(failure);
    sender.nextAttempt().acknowledge();

    run.expect("a", "b", "c");
    assertThat(run.downstream.expectError()).isSameAs(failure);
  }

  @Test
  void aFailureOfTheUpstreamComesAfterTheLastResultHoweverLateThatIsAskedFor() {
    Run run = new Run();
    run.request(1);
    run.send(KEY, "a", "b", "c");
    Exception failure = new IllegalStateException("upstream");
    run.upstream.sendError(failure);
    sender.nextAttempt().acknowledge();
    run.expect("a");
    pass(Duration.ofMinutes(1));
    run.expectNothing();

    run.request(2);
    run.expect("b", "c");

    assertThat(run.downstream.expectError()).isSameAs(failure);
  }

  @Test
  void theFirstOfTwoFailuresIsTheOneThatGoesOn() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");
    Exception failure = new IllegalStateException("upstream");

    run.upstream.sendError(failure);
    sender.nextAttempt().fail(refused(AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED));

    Throwable seen = run.downstream.expectError();
    assertThat(seen).isSameAs(failure);
    assertThat(seen.getSuppressed()).hasOnlyElementsOfType(ProduceException.class);
  }

  @Test
  void cancellationStopsAtOnceAndSendsNothingAgain() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c", "d");
    Attempt first = sender.nextAttempt();

    run.downstream.cancel();
    run.upstream.expectCancellation();
    soon().until(sender::isClosed);
    first.fail(throttled());
    pass(BACKOFF);

    expectNoAttempt();
  }

  @Test
  void aSinkCompletesWhenAllIsAcknowledgedAndEmitsNothing() {
    var probes =
        TestSource.<String>create(kit.system())
            .via(
                ProducerStage.ofEvents(
                    settings,
                    system -> sender,
                    clock::get,
                    body -> new Routed(new EventData(body), ANY)))
            .toMat(TestSink.create(kit.system()), Keep.both())
            .run(kit.system());
    probes.second().ensureSubscription();
    probes.second().request(10);
    for (String body : List.of("a", "b", "c", "d")) {
      probes.first().sendNext(body);
    }
    Attempt first = sender.nextAttempt();
    assertThat(first.events()).containsExactly("a", "b", "c");
    probes.first().sendComplete();
    Attempt second = sender.nextAttempt();
    assertThat(second.events()).containsExactly("d");

    second.acknowledge();
    probes.second().expectNoMessage(A_MOMENT);
    first.acknowledge();
    probes.second().expectComplete();
  }

  @Test
  void aSinkTakesNoMoreThanTheBufferHolds() {
    settings = settings.withMaxBufferedBytes(2 * LIMIT);
    PullCounter<String> counter = new PullCounter<>();
    var probes =
        TestSource.<String>create(kit.system())
            .via(counter)
            .via(
                ProducerStage.ofEvents(
                    settings,
                    system -> sender,
                    clock::get,
                    body -> new Routed(new EventData(body), KEY)))
            .toMat(TestSink.create(kit.system()), Keep.both())
            .run(kit.system());
    probes.second().ensureSubscription();
    for (int i = 0; i < 5; i++) {
      probes.first().sendNext(LARGE);
    }
    // Each counts its size, some bytes of encoding, and 128 bytes: the second one fills the buffer.
    Attempt first = sender.nextAttempt();
    probes.second().expectNoMessage(A_MOMENT);
    assertThat(counter.pulls()).isEqualTo(2);

    first.acknowledge();
    soon().until(() -> counter.pulls() > 2);
    probes.second().cancel();
  }

  @Test
  void settingsThatLackSomethingFailTheStreamWhenItIsRun() {
    var probe =
        TestSource.<Envelope<String>>create(kit.system())
            .via(ProducerStage.<String>flow(settings))
            .runWith(TestSink.create(kit.system()), kit.system());

    assertThat(probe.expectSubscriptionAndError()).isInstanceOf(InvalidSettingsException.class);
    sender.close();
  }
}
