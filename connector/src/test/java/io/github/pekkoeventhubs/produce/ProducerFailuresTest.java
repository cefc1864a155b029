// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.EventTooLargeException;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.produce.FakeSender.Attempt;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Events that are too large, and attempts that fail. */
class ProducerFailuresTest extends ProducerStageFixture {

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
  void aHandlerThatThrowsFailsTheStreamWithItsException() {
    settings =
        settings.withOversizedEventHandler(
            (event, reason) -> {
              throw new IllegalArgumentException("no place to put it");
            });
    Run run = new Run();
    run.request(1);
    run.send(KEY, "x".repeat(2000));

    assertThat(run.downstream.expectError())
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("no place to put it");
  }

  /** The handler breaks its contract on purpose. */
  @SuppressWarnings("NullAway")
  @Test
  void aHandlerThatReturnsNullIsNamed() {
    settings = settings.withOversizedEventHandler((event, reason) -> null);
    Run run = new Run();
    run.request(1);
    run.send(KEY, "x".repeat(2000));

    assertThat(run.downstream.expectError())
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("the handler of withOversizedEventHandler has answered null: ");
  }

  @Test
  void aFaultOfTheStageItselfIsNamedAsOneOfOurs() {
    Run run = new Run();
    run.request(1);
    IllegalStateException bug = new IllegalStateException("in the stage");

    run.offer(
        ProducerMessage.single(
            new EventData("impossible") {
              @Override
              public byte[] getBody() {
                throw bug;
              }
            },
            KEY,
            "impossible"));

    assertIsOurs(run.downstream.expectError(), bug);
    run.upstream.expectCancellation();
  }

  @Test
  void aFaultOfTheEncodingIsNamedAsOneOfOurs() {
    IllegalStateException bug = new IllegalStateException("in the encoding");
    sender.throwWhenAdding(bug);
    Run run = new Run();
    run.request(1);
    run.send(KEY, "a", "b", "c");

    assertIsOurs(run.downstream.expectError(), bug);
  }

  private static void assertIsOurs(Throwable failure, Throwable bug) {
    assertThat(failure)
        .isInstanceOf(EventHubsException.class)
        .hasMessageContaining("the producer")
        .hasMessageContaining("please report it")
        .hasCause(bug);
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
    AmqpException last = throttled();
    nextAttemptAfter(BACKOFF).fail(last);

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

    sender.nextAttempt().fail(refused(AmqpErrorCondition.ENTITY_DISABLED_ERROR));

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

  private Run runThatHasSent() {
    Run run = new Run();
    run.request(10);
    run.send(KEY, "a", "b", "c");
    sender.nextAttempt().acknowledge();
    run.expect("a", "b", "c");
    return run;
  }

  /** The token may expire while a batch waits for a busy service. */
  @Test
  void anAccessThatIsRefusedAfterAnotherFailureIsTriedOnceMore() {
    Run run = runThatHasSent();
    run.send(KEY, "d", "e", "f");

    sender.nextAttempt().fail(throttled());
    nextAttemptAfter(BACKOFF).fail(refused(AmqpErrorCondition.UNAUTHORIZED_ACCESS));
    nextAttemptAfter(BACKOFF).acknowledge();

    run.expect("d", "e", "f");
    run.finish();
  }

  @Test
  void anAccessThatIsRefusedAgainAfterAnotherFailureFailsTheStream() {
    Run run = runThatHasSent();
    run.send(KEY, "d", "e", "f");

    sender.nextAttempt().fail(refused(AmqpErrorCondition.UNAUTHORIZED_ACCESS));
    nextAttemptAfter(BACKOFF).fail(throttled());
    nextAttemptAfter(BACKOFF).fail(refused(AmqpErrorCondition.UNAUTHORIZED_ACCESS));

    assertThat(run.downstream.expectError()).isInstanceOf(EventHubsAuthorizationException.class);
  }
}
