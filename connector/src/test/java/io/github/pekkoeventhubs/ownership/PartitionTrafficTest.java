// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.LossReason;
import io.github.pekkoeventhubs.PartitionActivity;
import io.github.pekkoeventhubs.PartitionMoves;
import io.github.pekkoeventhubs.store.WriteOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionTrafficTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final PartitionTraffic traffic = new PartitionTraffic();

  private static final class Run extends QuietRun {
    long received;
    long emitted;
    @Nullable Instant oldestWaiting;

    @Override
    public long lastReceived() {
      return received;
    }

    @Override
    public long receivedCount() {
      return received;
    }

    @Override
    public Progress progress() {
      return new Progress(received, emitted, 500, oldestWaiting);
    }
  }

  private Run run(long received, long emitted) {
    Run run = new Run();
    run.received = received;
    run.emitted = emitted;
    traffic.begins(run);
    return run;
  }

  @Test
  void eventsOfAllEpochsCount() {
    run(10, 8);
    traffic.ends();
    run(5, 5);

    assertThat(traffic.activity().received()).isEqualTo(15);
    assertThat(traffic.activity().emitted()).isEqualTo(13);
    assertThat(traffic.moves().assigned()).isEqualTo(2);
  }

  @Test
  void eventsThatComeAfterTheEndOfAnEpochDoNotCountSoThatNoCountGoesBack() {
    Run run = run(10, 8);
    traffic.ends();
    run.received = 11;

    assertThat(traffic.activity().received()).isEqualTo(10);
    traffic.ends();
    assertThat(traffic.activity().received()).as("an end that is told twice").isEqualTo(10);
  }

  @Test
  void onlyTheRunningEpochHasEventsThatWait() {
    Run run = run(10, 8);
    Instant enqueued = Instant.parse("2026-01-01T00:00:00Z");
    run.oldestWaiting = enqueued;

    PartitionActivity running = traffic.activity();
    traffic.ends();
    PartitionActivity ended = traffic.activity();

    assertThat(running.buffered()).isEqualTo(2);
    assertThat(running.bufferLimit()).isEqualTo(500);
    assertThat(running.oldestBuffered()).hasValue(enqueued);
    assertThat(ended.buffered()).isZero();
    assertThat(ended.oldestBuffered()).isEmpty();
  }

  @Test
  void attemptsToWriteTheCheckpointCountByTheirOutcome() {
    run(0, 0);
    traffic.checkpointAttempted(SECOND, WriteOutcome.WRITTEN, 0, 0);
    traffic.checkpointAttempted(SECOND, WriteOutcome.COVERED, 1, 4);
    traffic.checkpointAttempted(SECOND, null, 1, 4);
    traffic.ends();
    run(0, 0);
    traffic.checkpointAttempted(SECOND, WriteOutcome.WRITTEN, 2, 3);

    PartitionActivity activity = traffic.activity();
    assertThat(activity.checkpointWrites()).isEqualTo(2);
    assertThat(activity.checkpointFailures()).isEqualTo(1);
    assertThat(activity.checkpointConflicts())
        .as("1 of the first epoch, 2 of the next")
        .isEqualTo(3);
    assertThat(activity.checkpointsCoalesced())
        .as("4 of the first epoch, 3 of the next")
        .isEqualTo(7);
    assertThat(activity.checkpointTimes().count()).isEqualTo(3);
    assertThat(activity.checkpointTimes().total()).isEqualTo(Duration.ofSeconds(3));
    assertThat(activity.checkpointFailureTimes().count()).isEqualTo(1);
    assertThat(activity.checkpointFailureTimes().total()).isEqualTo(SECOND);
  }

  @Test
  void lossesAndHandOversCountWithTheEventsThatWillBeRepeated() {
    traffic.moved(Optional.of(LossReason.CLAIMED), 4);
    traffic.moved(Optional.of(LossReason.EXPIRED), 0);
    traffic.moved(Optional.of(LossReason.EXPIRED), 0);
    traffic.moved(Optional.empty(), 2);
    traffic.moved(Optional.empty(), 0);
    traffic.handedOver(SECOND);
    traffic.receiverAttached();

    PartitionMoves moves = traffic.moves();
    assertThat(moves.handedOver()).isEqualTo(2);
    assertThat(moves.losses()).isEqualTo(Map.of(LossReason.CLAIMED, 1L, LossReason.EXPIRED, 2L));
    assertThat(moves.lost()).isEqualTo(3);
    assertThat(moves.repeated()).isEqualTo(6);
    assertThat(moves.handOverTimes().count()).isEqualTo(1);
    assertThat(moves.handOverTimes().total()).isEqualTo(SECOND);
    assertThat(moves.plus(moves).lost(LossReason.EXPIRED)).isEqualTo(4);
    assertThat(traffic.activity().receivers()).isEqualTo(1);
  }
}
