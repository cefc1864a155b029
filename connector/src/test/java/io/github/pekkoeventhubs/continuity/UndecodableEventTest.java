// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ReadUntil;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.UndecodableEventException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

/** Events whose footer the SDK does not accept, which everybody can send. */
class UndecodableEventTest extends ContinuityFixture {

  /** A receiver that is slow to begin is not replaced: the attempts are counted. */
  @Override
  ConsumerSettings settings() {
    return super.settings().withStallCheck(PATIENCE);
  }

  @Test
  void theThirdAttemptThatEndsAtTheSameEventFailsTheStreamAndNamesIt() {
    send(10, SMALL);
    sendUndecodable();
    send(10, SMALL);

    Running stream = run(settings());

    assertThat(stream.failure())
        .isInstanceOf(UndecodableEventException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining("sequence number 10")
        .hasMessageContaining("set continuity.undecodable-events to 'skip'")
        .hasMessageContaining("'eventhubs reset orders --group billing --to 10 --partition 0'")
        .hasCauseInstanceOf(ClassCastException.class);
    assertThat(read).containsExactlyElementsOf(numbers(0, 9));
    assertThat(emulator.partition(EVENT_HUB, "0").attaches()).isEqualTo(3);
  }

  /** The reset that the message advises would pass what is not acknowledged. */
  @Test
  void theStreamFinishesTheEventsBeforeIt() {
    send(10, SMALL);
    sendUndecodable();
    CompletableFuture<Done> gate = new CompletableFuture<>();

    Running stream = runHolding(settings(), gate);
    await().atMost(PATIENCE).until(() -> !warnings("It finishes 10 events first").isEmpty());
    assertThat(stream.completion().toCompletableFuture()).isNotDone();
    gate.complete(Done.getInstance());

    assertThat(stream.failure()).isInstanceOf(UndecodableEventException.class);
    assertThat(emulator.partition(EVENT_HUB, "0").attaches()).isEqualTo(3);
    await().atMost(PATIENCE).until(() -> committed() == 9);
  }

  @Test
  void aStreamThatFinishesNothingFailsAllTheSame() {
    send(10, SMALL);
    sendUndecodable();

    Running stream =
        runHolding(
            settings().withHandoverTimeout(Duration.ofSeconds(1)), new CompletableFuture<>());

    assertThat(stream.failure()).isInstanceOf(UndecodableEventException.class);
    assertThat(warnings("unless it finishes none for 1s")).hasSize(1);
  }

  @Test
  void aPartitionThatBeginsWithOneFailsAtItsFirstEvent() {
    sendUndecodable();

    assertThat(run(settings()).failure())
        .isInstanceOf(UndecodableEventException.class)
        .hasMessageContaining("sequence number 0");
  }

  /** A checkpoint with an offset alone does not tell the number of the next event. */
  @Test
  void oneWhoseNumberIsNotKnownIsNotLeftOut() {
    send(10, SMALL);
    sendUndecodable();
    send(10, SMALL);

    storeCheckpoint(Map.of("offset", offset(9)));

    assertThat(run(skipping()).failure())
        .isInstanceOf(UndecodableEventException.class)
        .hasMessageContaining("'eventhubs reset orders --group billing --to TIME --partition 0'")
        .hasMessageContaining("The checkpoint is an offset alone");
    assertThat(read).isEmpty();
  }

  @Test
  void aBoundedReadingOfWhichOneIsTheLastIsFinished() {
    send(10, SMALL);
    sendUndecodable();

    Running stream =
        run(
            skipping(),
            Subscriptions.partitionsFrom(Map.of("0", EventPosition.earliest()))
                .until(ReadUntil.now()));

    assertThat(stream.completion().toCompletableFuture()).succeedsWithin(PATIENCE);
    assertThat(read).containsExactlyElementsOf(numbers(0, 9));
  }

  @Test
  void whereThatIsWantedTheyAreLeftOutAndCounted() {
    send(10, SMALL);
    sendUndecodable();
    sendUndecodable();
    send(10, SMALL);

    Running stream = run(skipping());
    awaitRead(21);

    assertThat(List.copyOf(read)).startsWith(0L).endsWith(21L).doesNotContain(10L, 11L).hasSize(20);
    assertThat(stream.status().undecodable()).isEqualTo(2);
    assertThat(stream.status().missed()).isZero();
    assertThat(warnings("left out"))
        .hasSize(2)
        .first()
        .asString()
        .contains(PARTITION.toString(), "sequence number 10");
    await().atMost(PATIENCE).until(() -> committed() == 21);
  }
}
