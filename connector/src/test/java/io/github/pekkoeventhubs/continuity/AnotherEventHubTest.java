// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.AnotherEventHubException;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The name of the event hub leads to another one, whose numbers begin anew. */
class AnotherEventHubTest extends ContinuityFixture {

  /** The partition, and what the user can do. */
  private static void assertExplained(Throwable failure, String... numbers) {
    assertThat(failure)
        .isInstanceOf(AnotherEventHubException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining("another event hub")
        .hasMessageContaining("continuity.on-invalid-checkpoint")
        .hasMessageContaining("planReset");
    assertThat(failure.getMessage()).contains(numbers);
    assertThat(((EventHubsException) failure).isTransient()).isFalse();
  }

  @Test
  void lowerNumbersBeyondTheLastOffsetFailTheStreamThatReads() {
    send(100, SMALL);
    Running stream = run(settings());
    awaitRead(99);

    emulator.faults().failOver(EVENT_HUB, 1);
    send(60, LARGE);

    assertExplained(stream.failure(), "sequence number 99", "sequence number ");
    assertThat(read).containsExactlyElementsOf(numbers(0, 99));
  }

  @Test
  void anOffsetThatTheOtherEventHubRefusesFailsTheStreamThatReads() {
    send(100, SMALL);
    Running stream = run(settings());
    awaitRead(99);

    emulator.faults().failOver(EVENT_HUB, 1);

    assertExplained(stream.failure(), "sequence number 99");
  }

  @Test
  void theStallCheckFindsItWhereNoEventArrives() {
    send(100, SMALL);
    Running stream = run(settings());
    awaitRead(99);

    FaultHandle silence = emulator.faults().stall(EVENT_HUB, "0");
    emulator.faults().failOver(EVENT_HUB, 1);
    FaultHandle otherSilence = emulator.faults().stall(EVENT_HUB, "0");
    send(60, LARGE);

    assertExplained(stream.failure(), "sequence number 99", "59");
    silence.cancel();
    otherSilence.cancel();
  }

  @Test
  void aCheckpointBeyondTheEndFailsTheStreamThatStarts() {
    send(100, SMALL);
    readUpTo(99);
    emulator.faults().failOver(EVENT_HUB, 1);
    send(60, LARGE);

    Running stream = run(settings());

    assertExplained(stream.failure(), "sequence number 99", "59");
    assertThat(read).isEmpty();
    assertThat(committed()).isEqualTo(99);
  }

  @Test
  void anEmptyEventHubRefusesTheCheckpointItself() {
    send(100, SMALL);
    readUpTo(99);
    emulator.faults().failOver(EVENT_HUB, 1);

    Throwable failure = run(settings()).failure();

    assertThat(failure)
        .isInstanceOf(CheckpointUnreadableException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining("sequence number 99")
        .hasMessageContaining("continuity.on-invalid-checkpoint");
    assertThat(committed()).isEqualTo(99);
  }

  @Test
  void aFirstEventThatDoesNotFollowTheCheckpointFailsTheStreamThatStarts() {
    send(100, SMALL);
    readUpTo(99);
    emulator.faults().failOver(EVENT_HUB, 1);
    send(150, LARGE);

    Running stream = run(settings());

    assertExplained(stream.failure(), "sequence number 99");
    assertThat(read).isEmpty();
  }

  @Test
  void theSameNumberAtAnotherOffsetFailsTheStreamThatStarts() {
    send(100, SMALL);
    readUpTo(99);
    emulator.faults().failOver(EVENT_HUB, 1);
    send(100, LARGE);

    Running stream = run(settings());

    assertExplained(stream.failure(), "sequence number 99", offset(99));
    assertThat(read).isEmpty();
  }

  @Test
  void aStreamThatHasReadEverythingIsLeftAlone() {
    send(100, SMALL);
    Running stream = run(settings());
    awaitRead(99);

    await()
        .during(Duration.ofSeconds(2))
        .until(() -> !stream.completion().toCompletableFuture().isDone());
    emulator.faults().dropConnections();
    send(1, SMALL);

    awaitRead(100);
    assertThat(read).containsExactlyElementsOf(numbers(0, 100));
  }
}
