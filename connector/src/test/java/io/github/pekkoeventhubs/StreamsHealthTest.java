// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.ConsumerStatus.AcknowledgementFigures;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StreamsHealthTest {

  private static final Duration STALL_CHECK = Duration.ofSeconds(30);

  private final AtomicLong clock = new AtomicLong();
  private final List<RunningConsumer> consumers = new ArrayList<>();
  private final List<ProducerStatus> producers = new ArrayList<>();
  private final List<FailedConsumer> failures = new ArrayList<>();
  private final StreamsHealth health =
      new StreamsHealth(
          () -> List.copyOf(consumers),
          () -> List.copyOf(producers),
          () -> List.copyOf(failures),
          clock::get);

  /** A partition that has read and emitted up to 9, of {@code lastEnqueued}. */
  private static PartitionStatus partition(
      OwnerState state, WaitsFor waitsFor, long lastEnqueued, Optional<String> error, long ahead) {
    return new PartitionStatus(
        new EventHubPartition("ns", "orders", "billing", "0"),
        state,
        "node",
        OptionalLong.of(9),
        OptionalLong.of(9),
        OptionalLong.of(4),
        OptionalLong.of(4),
        OptionalLong.of(lastEnqueued),
        5,
        Optional.empty(),
        error,
        error.map(text -> Instant.EPOCH),
        new AcknowledgementFigures(Optional.empty(), ahead, 0, 0, DurationDistribution.NONE),
        waitsFor,
        Optional.empty(),
        0,
        0,
        PartitionActivity.NONE);
  }

  private void shows(PartitionStatus status) {
    shows(status, Optional.empty(), true, false);
  }

  private void shows(
      PartitionStatus status, Optional<StoreHealth> store, boolean started, boolean bounded) {
    consumers.clear();
    consumers.add(
        new RunningConsumer(
            "consumer-1",
            "ns",
            "orders",
            "billing",
            STALL_CHECK,
            bounded,
            started,
            OptionalInt.empty(),
            new ConsumerStatus(
                Map.of("0", status),
                Optional.empty(),
                store,
                PartitionMoves.NONE,
                StoreRequests.NONE)));
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private HealthAnswer liveAfter(Duration time) {
    health.live();
    pass(time);
    return health.live();
  }

  private static final Duration LONG = STALL_CHECK.multipliedBy(4).plusSeconds(1);

  @Test
  void withoutAnyStreamAllAnswersAreYes() {
    assertThat(health.started().isYes()).isTrue();
    assertThat(health.ready().isYes()).isTrue();
    assertThat(health.live().isYes()).isTrue();
  }

  @Test
  void aStreamWithoutItsFirstAnswerHasNotStartedAndIsNotReadyButAlive() {
    shows(
        partition(OwnerState.WAITING, WaitsFor.CLAIM, 9, Optional.empty(), 0),
        Optional.empty(),
        false,
        false);

    assertThat(health.started().reasons())
        .containsExactly(
            "the stream consumer-1 of event hub 'orders', consumer group 'billing', has not started"
                + " yet");
    assertThat(health.ready().isYes()).isFalse();
    assertThat(health.live().isYes()).isTrue();
  }

  @Test
  void aStreamThatHasFailedIsNotReadyUntilAnotherFollows() {
    failures.add(new FailedConsumer("consumer-1", "orders", "billing", "no such event hub"));

    assertThat(health.ready().reasons()).singleElement().asString().contains("no such event hub");
    assertThat(health.started().isYes()).isFalse();
    assertThat(health.live().isYes()).as("its restart may be under way").isTrue();
  }

  @ParameterizedTest
  @EnumSource(StoreHealth.class)
  void aStoreThatRefusesOrIsSilentMakesAStreamUnready(StoreHealth store) {
    shows(
        partition(OwnerState.RUNNING, WaitsFor.EVENTS, 9, Optional.empty(), 0),
        Optional.of(store),
        true,
        false);

    assertThat(health.ready().isYes())
        .isEqualTo(store == StoreHealth.ANSWERING || store == StoreHealth.THROTTLING);
    assertThat(health.live().isYes()).isTrue();
  }

  @Test
  void anErrorCountsWhenItHasLastedForAStallCheck() {
    shows(partition(OwnerState.RECONNECTING, WaitsFor.CONNECTION, 9, Optional.of("refused"), 0));
    assertThat(health.ready().isYes()).as("it has just begun").isTrue();
    pass(STALL_CHECK);
    assertThat(health.ready().isYes()).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(health.ready().reasons()).singleElement().asString().contains("for 31 s: refused");

    shows(partition(OwnerState.RUNNING, WaitsFor.EVENTS, 9, Optional.empty(), 0));
    assertThat(health.ready().isYes()).as("it works again").isTrue();
  }

  @Test
  void aPartitionWhoseEventsAreNotAcknowledgedIsStalledAfterFourStallChecks() {
    shows(partition(OwnerState.RUNNING, WaitsFor.ACKNOWLEDGEMENTS, 9, Optional.empty(), 0));

    assertThat(liveAfter(STALL_CHECK.multipliedBy(4)).isYes()).isTrue();
    assertThat(liveAfter(Duration.ofSeconds(1)).reasons())
        .singleElement()
        .asString()
        .contains("stands still for 121 s: the stream acknowledges none");
  }

  @Test
  void progressOfAnyKindBeginsTheTimeAnew() {
    shows(partition(OwnerState.RUNNING, WaitsFor.ACKNOWLEDGEMENTS, 9, Optional.empty(), 0));
    health.live();
    pass(LONG);
    shows(partition(OwnerState.RUNNING, WaitsFor.ACKNOWLEDGEMENTS, 9, Optional.empty(), 1));

    assertThat(health.live().isYes()).isTrue();
  }

  /** A stream that sends on what it reads waits for the other event hub, as a new one would. */
  @ParameterizedTest
  @EnumSource(
      value = WaitsFor.class,
      names = {"ACKNOWLEDGEMENTS", "DEMAND", "STREAM"})
  void whileAttemptsToSendFailNoPartitionIsStalledThatWaitsForItsStream(WaitsFor waitsFor) {
    shows(partition(OwnerState.RUNNING, waitsFor, 12, Optional.empty(), 0));
    hasFailedToSend(1);
    health.live();
    pass(LONG);
    hasFailedToSend(2);
    assertThat(health.live().isYes()).isTrue();

    assertThat(liveAfter(LONG).isYes()).as("no attempt has failed any more").isFalse();
  }

  @Test
  void failedAttemptsToSendDoNotExcuseAReceiverToWhichNothingComes() {
    shows(partition(OwnerState.RUNNING, WaitsFor.EVENTS, 10, Optional.empty(), 0));
    hasFailedToSend(1);
    health.live();
    pass(LONG);
    hasFailedToSend(2);

    assertThat(health.live().isYes()).isFalse();
  }

  private void hasFailedToSend(long failedAttempts) {
    producers.clear();
    producers.add(
        new ProducerStatus(
            "producer-1",
            "ns",
            "copies",
            1,
            Optional.empty(),
            0,
            0,
            0,
            failedAttempts,
            failedAttempts,
            DurationDistribution.NONE,
            DurationDistribution.NONE));
  }

  @Test
  void aReceiverToWhichNothingComesIsStalledOnlyIfThePartitionHasMore() {
    shows(partition(OwnerState.RUNNING, WaitsFor.EVENTS, 9, Optional.empty(), 0));
    assertThat(liveAfter(LONG).isYes()).as("read to its end").isTrue();

    shows(partition(OwnerState.RUNNING, WaitsFor.EVENTS, 10, Optional.empty(), 0));
    assertThat(liveAfter(LONG).isYes()).isFalse();
  }

  @Test
  void aBoundedStreamThatHasReadUpToItsEndIsNotStalled() {
    shows(
        partition(OwnerState.RUNNING, WaitsFor.EVENTS, 10, Optional.empty(), 0),
        Optional.empty(),
        true,
        true);

    assertThat(liveAfter(LONG).isYes()).isTrue();
  }

  @Test
  void aStreamThatAsksForNothingIsStalledOnlyIfThereIsSomething() {
    shows(partition(OwnerState.RUNNING, WaitsFor.DEMAND, 9, Optional.empty(), 0));
    assertThat(liveAfter(LONG).isYes()).isTrue();

    shows(partition(OwnerState.RUNNING, WaitsFor.DEMAND, 12, Optional.empty(), 0));
    assertThat(liveAfter(LONG).isYes()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = WaitsFor.class,
      names = {"RESUME", "CLAIM", "STORE", "CONNECTION", "TOKEN"})
  void whatANewProcessWouldWaitForAsWellIsNoStall(WaitsFor waitsFor) {
    shows(partition(OwnerState.RUNNING, waitsFor, 100, Optional.empty(), 0));

    assertThat(liveAfter(LONG).isYes()).isTrue();
  }

  @Test
  void aPartitionThatSomebodyElseHasIsNotStalled() {
    shows(partition(OwnerState.LOST, WaitsFor.EVENTS, 100, Optional.empty(), 0));

    assertThat(liveAfter(LONG).isYes()).isTrue();
  }
}
