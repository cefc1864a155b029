// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.PartitionLag;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventHubsMetadataTest extends FixedPartitionStreams {

  private final EventHubsMetadata metadata =
      EventHubsMetadata.create(settings().withPartitionStore(store), system());

  @BeforeEach
  void fill() {
    services.sendToEach(100);
  }

  @AfterEach
  void closeTheMetadata() throws Exception {
    await(metadata.close());
  }

  private void checkpoint(String id, long sequenceNumber) throws Exception {
    await(
        store.createCheckpoint(
            partition(id), StoredCheckpoint.entriesOf(sequenceNumber, Long.toString(7))));
  }

  @Test
  void tellsWhatTheServiceSaysAboutTheEventHubAndItsPartitions() throws Exception {
    assertThat(await(metadata.eventHubProperties()).getPartitionIds())
        .containsExactlyInAnyOrder("0", "1");
    assertThat(await(metadata.partitionProperties("1")).getLastEnqueuedSequenceNumber())
        .isEqualTo(99);
    assertThat(await(metadata.partitionProperties())).containsOnlyKeys("0", "1");
  }

  @Test
  void tellsWhatIsStoredOfTheConsumerGroup() throws Exception {
    assertThat(await(metadata.checkpoints())).isEmpty();
    assertThat(await(metadata.ownership())).isEmpty();
    checkpoint("0", 41);
    await(store.createOwnership(partition("1"), "somebody", Map.of()));

    assertThat(await(metadata.checkpoints()))
        .containsOnlyKeys("0")
        .allSatisfy((id, stored) -> assertThat(stored.sequenceNumber()).hasValue(41));
    assertThat(await(metadata.ownership()))
        .containsOnlyKeys("1")
        .allSatisfy((id, stored) -> assertThat(stored.ownerId()).isEqualTo("somebody"));
  }

  @Test
  void theLagCountsFromTheCheckpointOrFromTheFirstEventThatIsLeft() throws Exception {
    checkpoint("0", 89);
    services.eventHubs().removeEventsBefore(EmbeddedServices.EVENT_HUB, "1", 40);

    Map<String, PartitionLag> lag = await(metadata.lag());

    assertThat(lag)
        .hasEntrySatisfying("0", partition -> assertThat(partition.events()).hasValue(10))
        .hasEntrySatisfying("1", partition -> assertThat(partition.events()).hasValue(60));
    assertThat(lag.values())
        .allSatisfy(
            partition ->
                assertThat(partition.time())
                    .hasValueSatisfying(
                        time -> assertThat(time).isBetween(Duration.ZERO, Duration.ofMinutes(1))));
  }

  @Test
  void thereIsNoLagWhereEverythingIsProcessedAndNoNumberWhereTheCheckpointHasNone()
      throws Exception {
    checkpoint("0", 99);
    await(store.createCheckpoint(partition("1"), Map.of(StoredCheckpoint.OFFSET, "7")));

    Map<String, PartitionLag> lag = await(metadata.lag());

    assertThat(lag.get("0"))
        .isEqualTo(
            new PartitionLag(partition("0"), OptionalLong.of(0), Optional.of(Duration.ZERO)));
    assertThat(lag.get("1"))
        .isEqualTo(new PartitionLag(partition("1"), OptionalLong.empty(), Optional.empty()));
  }

  @Test
  void aCheckpointBeyondTheEndGivesNoNumber() throws Exception {
    checkpoint("0", 5000);
    checkpoint("1", 5000);
    services.eventHubs().recreateEventHub(EmbeddedServices.EVENT_HUB, 2);
    services.eventHubs().send(EmbeddedServices.EVENT_HUB, "0", new EventData("new"));

    Map<String, PartitionLag> lag = await(metadata.lag());

    assertThat(lag)
        .isEqualTo(
            Map.of(
                "0",
                new PartitionLag(partition("0"), OptionalLong.empty(), Optional.empty()),
                "1",
                new PartitionLag(partition("1"), OptionalLong.empty(), Optional.empty())));
  }

  @Test
  void theTimeIsReadThroughAnotherConsumerGroupWhileAnOwnerReads() throws Exception {
    ConsumerSettings settings = settings().withOwnerLevel(0).withHandoverTimeout(SHORT_HAND_OVER);
    Consumer.Control owner =
        Consumer.plainSource(settings, Subscriptions.partitions("0", "1"))
            .to(Sink.ignore())
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> services.eventHubs().receivers().size() == 2);

    assertThat(await(metadata.lag()).get("0"))
        .isEqualTo(new PartitionLag(partition("0"), OptionalLong.of(100), Optional.empty()));
    assertThat(await(metadata.lagReadThrough(settings().withConsumerGroup("$Default"))))
        .hasEntrySatisfying("0", partition -> assertThat(partition.time()).isPresent());
    // The reader of the one event detaches without being waited for.
    Awaitility.await().atMost(PATIENCE).until(() -> services.eventHubs().receivers().size() == 2);
    await(owner.shutdown());
  }

  @Test
  void questionsFailWithAReason() {
    EventHubsMetadata elsewhere =
        EventHubsMetadata.create(settings().withEventHubName("unknown"), system());
    EventHubsMetadata withoutStore =
        EventHubsMetadata.create(
            ConsumerSettings.create(system())
                .withConnectionString(services.eventHubs().connectionString())
                .withEventHubName(EmbeddedServices.EVENT_HUB),
            system());

    assertThatThrownBy(() -> await(elsewhere.partitionProperties()))
        .hasCauseInstanceOf(EventHubNotFoundException.class);
    assertThatThrownBy(() -> await(withoutStore.lag()))
        .hasCauseInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("partition-store");
    elsewhere.close();
    withoutStore.close();
  }

  @Test
  void itsConnectionIsClosedWithTheActorSystem() throws Exception {
    ActorTestKit other = ActorTestKit.create();
    await(EventHubsMetadata.create(settings(), other.system()).eventHubProperties());
    assertThat(services.eventHubs().connections()).hasSize(1);

    other.shutdownTestKit();

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(services.eventHubs().connections()).isEmpty());
  }
}
