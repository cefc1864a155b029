// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnMissedEvents;
import io.github.pekkoeventhubs.EventsMissedException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Receivers are lost beside an event that cannot be decoded: the others must not suffer for it. */
class EventsBesideUndecodableOnesTest extends ContinuityFixture {

  @Override
  ConsumerSettings settings() {
    return super.settings()
        .withMetadataTimeout(Duration.ofSeconds(3))
        .withStallCheck(Duration.ofSeconds(2))
        .withConnections(1);
  }

  /** One at which the SDK stops without a word. */
  private void sendNested() {
    EventData event = new EventData("deep");
    Object value = "value";
    for (int level = 0; level < 40; level++) {
      value = List.of(value);
    }
    event.getProperties().put("deep", value);
    emulator.send(EVENT_HUB, "0", event);
  }

  /** As the guide says: moves the checkpoint beyond the event 10. */
  private void reset() {
    EventHubsMetadata metadata = EventHubsMetadata.create(settings(), system);
    assertThat(
            metadata.planReset(EventPosition.fromSequenceNumber(10)).thenCompose(metadata::reset))
        .succeedsWithin(PATIENCE);
    assertThat(metadata.close()).succeedsWithin(PATIENCE);
    assertThat(checkpoint()).containsEntry(StoredCheckpoint.SEQUENCE_NUMBER, "10");
  }

  private void awaitAReceiver() {
    await().atMost(PATIENCE).until(() -> !emulator.receivers().isEmpty());
  }

  /** The receiver that waits after 10 is replaced while 11 is there. */
  private void theReceiverIsReplaced() {
    awaitAReceiver();
    FaultHandle stall = emulator.faults().stall(EVENT_HUB, "0");
    long attaches = emulator.partition(EVENT_HUB, "0").attaches();
    send(1, SMALL); // 11
    await().atMost(PATIENCE).until(() -> emulator.partition(EVENT_HUB, "0").attaches() > attaches);
    stall.cancel();
    send(1, SMALL); // 12
  }

  private void readsTheTwoEventsAfter10(ConsumerSettings settings) {
    run(settings);
    theReceiverIsReplaced();
    awaitRead(12);
    assertThat(read).containsExactly(11L, 12L);
  }

  @Test
  void theEventAfterAResetIsNotLeftOut() {
    send(10, SMALL);
    sendUndecodable();
    reset();
    readsTheTwoEventsAfter10(skipping());
  }

  @Test
  void theEventAfterAResetIsNotAccused() {
    send(10, SMALL);
    sendUndecodable();
    reset();
    readsTheTwoEventsAfter10(settings());
  }

  @Test
  void thePartitionDoesNotStandStillAfterAReset() {
    send(10, SMALL);
    sendNested();
    reset();
    readsTheTwoEventsAfter10(skipping());
  }

  @Test
  void theEventAfterTheLatestIsNotLeftOut() {
    send(10, SMALL);
    sendUndecodable();
    readsTheTwoEventsAfter10(skipping().withInitialPosition(EventPosition.latest()));
  }

  @Test
  void theEventAfterAResetSurvivesADeadConnection() {
    send(10, SMALL);
    sendUndecodable();
    reset();
    run(skipping());
    awaitAReceiver();
    emulator.faults().freezeConnections();
    send(2, SMALL); // 11, 12
    awaitRead(12);
    assertThat(read).containsExactly(11L, 12L);
  }

  @Test
  void thePartitionDoesNotStandStillWhereTheEventBeforeIsGone() {
    send(10, SMALL);
    emulator.removeEventsBefore(EVENT_HUB, "0", 10);
    sendUndecodable();
    Running stream = run(skipping());
    awaitAReceiver();
    await().atMost(PATIENCE).until(() -> stream.status().undecodable() == 1);
    theReceiverIsReplaced();
    awaitRead(12);
    assertThat(read).containsExactly(11L, 12L);
  }

  /** 9 is read, 10 to 12 expire unread, 13 cannot be decoded. */
  private void eventsExpireBeforeOneThatCannotBeDecoded() {
    awaitRead(9);
    FaultHandle stall = emulator.faults().stall(EVENT_HUB, "0");
    send(3, SMALL); // 10, 11, 12
    sendUndecodable(); // 13
    send(1, SMALL); // 14
    emulator.removeEventsBefore(EVENT_HUB, "0", 13);
    emulator.faults().detachReceivers(EVENT_HUB, "0");
    stall.cancel();
  }

  @Test
  void missedEventsFailAStreamThatLeavesOthersOut() {
    send(10, SMALL);
    Running stream =
        run(
            skipping()
                .withContinuity(skipping().continuity().withMissedEvents(OnMissedEvents.FAIL)));
    eventsExpireBeforeOneThatCannotBeDecoded();
    assertThat(stream.failure()).isInstanceOf(EventsMissedException.class);
  }

  @Test
  void missedEventsAreNotCountedAsUndecodable() {
    send(10, SMALL);
    Running stream = run(skipping());
    eventsExpireBeforeOneThatCannotBeDecoded();
    awaitRead(14);
    assertThat(warnings("left out"))
        .singleElement()
        .asString()
        .contains("sequence number 13 is left out");
    assertThat(stream.status().undecodable()).isEqualTo(1);
    assertThat(stream.status().missed()).isEqualTo(3);
  }

  @Test
  void theEventThatIsThereIsAccused() {
    send(10, SMALL);
    Running stream = run(settings());
    eventsExpireBeforeOneThatCannotBeDecoded();
    assertThat(stream.failure()).hasMessageContaining("sequence number 13");
  }
}
