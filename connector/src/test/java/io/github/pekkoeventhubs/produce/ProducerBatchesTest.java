// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.produce.FakeSender.Attempt;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How events become batches, and batches results. */
class ProducerBatchesTest extends ProducerStageFixture {

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
  void theBufferCountsTheCopiesThatNumbersTake() {
    settings = settings.withMaxBufferedBytes(3 * LIMIT).withProducerId("me");
    Run run = new Run();
    run.request(10);
    run.offer(Route.partitionId("0"), LARGE, LARGE, LARGE);
    Attempt first = sender.nextAttempt();
    run.expectNothing();
    assertThat(run.counter.pulls()).isEqualTo(2);

    first.acknowledge();
    run.expect(LARGE, LARGE);
    nextAttemptAfter(MAX_WAIT).acknowledge();
    run.expect(LARGE);
    run.finish();
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
}
