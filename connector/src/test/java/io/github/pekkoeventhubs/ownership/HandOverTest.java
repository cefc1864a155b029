// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.life.Effect.Timer;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HandOverTest {

  private static final long START = Duration.ofSeconds(100).toNanos();
  private static final long END = START + Duration.ofMillis(1250).toNanos();

  private final PartitionTraffic traffic = new PartitionTraffic();
  private final HandOver handOver =
      new HandOver(
          OwnerLog.of(
              new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0")),
          START,
          timer -> Duration.ofSeconds(timer == Timer.DRAIN_DEADLINE ? 5 : 2),
          traffic);

  @Test
  void aCleanHandOverTellsItsTimeAndThatNothingIsRepeated() {
    handOver.epochEnded(new Repetition(true, 0, 0));

    assertThat(handOver.summary(END, Set.of()))
        .isEqualTo("handed over after 1.3 s; nothing will be repeated");
  }

  @Test
  void itsTimeIsCounted() {
    handOver.ended(END, Set.of());

    assertThat(traffic.moves().handOverTimes().total()).isEqualTo(Duration.ofMillis(1250));
  }

  @Test
  void repeatedEventsAreCountedByTheirReason() {
    handOver.epochEnded(new Repetition(true, 2, 3));

    assertThat(handOver.summary(END, Set.of()))
        .isEqualTo(
            "handed over after 1.3 s; 5 events will be repeated: 2 not acknowledged, 3 acknowledged"
                + " without a confirmed checkpoint");
  }

  @Test
  void aStreamThatDoesNotCommitLeavesItToItsUser() {
    handOver.epochEnded(new Repetition(false, 0, 0));

    assertThat(handOver.summary(END, Set.of()))
        .isEqualTo("handed over after 1.3 s; its positions are kept by the user");
  }

  @Test
  void eachMissedDeadlineIsNamedWithItsLength() {
    handOver.epochEnded(new Repetition(true, 0, 1));

    assertThat(
            handOver.summary(
                END, Set.of(Timer.DRAIN_DEADLINE, Timer.FLUSH_DEADLINE, Timer.RELEASE_DEADLINE)))
        .endsWith(
            "; 1 event will be repeated: 1 acknowledged without a confirmed checkpoint; cut off:"
                + " the stream had not finished what was emitted after 5.0 s; the store had not"
                + " answered the last checkpoint after 2.0 s; the store had not released"
                + " the claim after 2.0 s, and others may wait until it expires");
  }

  @Test
  void aUserWhoIsWaitedForInVainIsNamed() {
    handOver.epochEnded(new Repetition(false, 0, 0));
    handOver.userWasCutOff();

    assertThat(handOver.summary(END, Set.of(Timer.DRAIN_DEADLINE)))
        .endsWith(
            "cut off: the application had not completed the stage of its onRevoke after 5.0 s");
  }
}
