// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.produce.FakeSender.Attempt;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.junit.jupiter.api.Test;

/** How a producing stream ends. */
class ProducerEndTest extends ProducerStageFixture {

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
    sender.nextAttempt().fail(refused(AmqpErrorCondition.ENTITY_DISABLED_ERROR));

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
    // Each takes its size, and more than 1 KB for its objects: the second one fills the buffer.
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
