// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.AnotherEventHubException;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnMissedEvents;
import io.github.pekkoeventhubs.EventsMissedException;
import io.github.pekkoeventhubs.InvalidCheckpoint;
import io.github.pekkoeventhubs.InvalidCheckpoint.Reason;
import io.github.pekkoeventhubs.InvalidCheckpointPolicy;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Positions that the application keeps, in a partition that does not have them. */
class GivenPositionTest extends ContinuityFixture {

  /** Who gives the position. */
  private enum Giver {
    THE_FUNCTION("the position of positionsOnAssign"),
    THE_SUBSCRIPTION("the position of the subscription");

    private final String words;

    Giver(String words) {
      this.words = words;
    }
  }

  private Running run(ConsumerSettings settings, Giver giver, EventPosition position) {
    return switch (giver) {
      case THE_SUBSCRIPTION -> run(settings, Subscriptions.partitionsFrom(Map.of("0", position)));
      case THE_FUNCTION ->
          willBeStopped(
              Consumer.committablePartitionedManualOffsetSource(
                      settings,
                      Subscriptions.balanced(),
                      partitions ->
                          CompletableFuture.completedFuture(
                              Map.of(partitions.iterator().next(), position)),
                      partitions -> CompletableFuture.completedFuture(partitions))
                  .flatMapMerge(8, partition -> partition.second())
                  .map(
                      event -> {
                        read.add(event.sequenceNumber());
                        return event.committableOffset();
                      })
                  .toMat(Committer.sink(CommitterSettings.create(system)), Running::new)
                  .run(system));
    };
  }

  private ConsumerSettings deciding(InvalidCheckpointPolicy policy) {
    return settings().withContinuity(settings().continuity().withOnInvalidCheckpoint(policy));
  }

  @ParameterizedTest
  @EnumSource
  void beyondTheEndItFailsTheStreamWithBothNumbersAndTheCure(Giver giver) {
    send(60, SMALL);

    Running stream = run(settings(), giver, EventPosition.fromSequenceNumber(99, false));

    assertThat(stream.failure())
        .isInstanceOf(AnotherEventHubException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining(giver.words)
        .hasMessageContaining("99")
        .hasMessageContaining("59")
        .hasMessageContaining("continuity.on-invalid-checkpoint");
    assertThat(read).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void beyondTheEndThePolicyDecidesAndTheLogSaysIt(Giver giver) {
    send(60, SMALL);

    run(
        deciding(InvalidCheckpointPolicy.earliest()),
        giver,
        EventPosition.fromSequenceNumber(99, false));
    awaitRead(59);

    assertThat(read).containsExactlyElementsOf(numbers(0, 59));
    assertThat(warnings("on-invalid-checkpoint (earliest)"))
        .singleElement()
        .asString()
        .contains(PARTITION.toString(), giver.words, "99", "59", "from the beginning");
  }

  @ParameterizedTest
  @EnumSource
  void beyondTheEndAFunctionIsToldThePositionAsACheckpoint(Giver giver) {
    send(60, SMALL);
    Queue<InvalidCheckpoint> told = new ConcurrentLinkedQueue<>();

    run(
        deciding(
            InvalidCheckpointPolicy.of(
                invalid -> {
                  told.add(invalid);
                  return Optional.of(EventPosition.fromSequenceNumber(54, false));
                })),
        giver,
        EventPosition.fromSequenceNumber(100, true));
    awaitRead(59);

    assertThat(read).containsExactlyElementsOf(numbers(55, 59));
    assertThat(told).hasSize(1);
    assertThat(told.element().reason()).isEqualTo(Reason.BEYOND_END);
    assertThat(told.element().checkpoint().sequenceNumber()).hasValue(99);
  }

  @ParameterizedTest
  @EnumSource
  void theNextEventToComeIsNotBeyondTheEnd(Giver giver) {
    send(60, SMALL);

    Running stream = run(settings(), giver, EventPosition.fromSequenceNumber(60, true));
    await().atMost(PATIENCE).until(() -> emulator.receivers().size() == 1);
    send(5, SMALL);
    awaitRead(64);

    assertThat(read).containsExactlyElementsOf(numbers(60, 64));
    assertThat(stream.completion().toCompletableFuture()).isNotDone();
  }

  @ParameterizedTest
  @EnumSource
  void beforeTheBeginningTheMissingEventsAreSaidAndCounted(Giver giver) {
    send(60, SMALL);
    emulator.faults().moveRetention(EVENT_HUB, "0", 20);

    Running stream = run(settings(), giver, EventPosition.fromSequenceNumber(9, false));
    awaitRead(59);

    assertThat(read).containsExactlyElementsOf(numbers(20, 59));
    assertThat(stream.status().missed()).isEqualTo(10);
    assertThat(warnings("10 events missed"))
        .singleElement()
        .asString()
        .contains(PARTITION.toString(), "10", "19", "missed-events");
  }

  @ParameterizedTest
  @EnumSource
  void beforeTheBeginningItFailsTheStreamWhereThatIsWanted(Giver giver) {
    send(60, SMALL);
    emulator.faults().moveRetention(EVENT_HUB, "0", 20);

    Running stream =
        run(
            settings()
                .withContinuity(settings().continuity().withMissedEvents(OnMissedEvents.FAIL)),
            giver,
            EventPosition.fromSequenceNumber(9, false));

    assertThat(stream.failure())
        .isInstanceOf(EventsMissedException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining(giver.words)
        .hasMessageContaining("continuity.missed-events");
    assertThat(read).isEmpty();
  }
}
