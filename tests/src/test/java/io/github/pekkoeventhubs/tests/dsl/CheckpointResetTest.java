// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.AnotherEventHubException;
import io.github.pekkoeventhubs.CheckpointReset;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.PartitionReset;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointResetTest extends FixedPartitionStreams {

  /** A partition that is claimed anew can take 20 s on a busy machine. */
  private static final Duration LONG = Duration.ofMinutes(2);

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

  private String offset(long sequenceNumber) {
    StoredEvent event =
        services.eventHubs().events(EmbeddedServices.EVENT_HUB, "0").get((int) sequenceNumber);
    return event.offset();
  }

  private void checkpoint(String consumerGroup, String id, long sequenceNumber) throws Exception {
    await(
        store.createCheckpoint(
            new EventHubPartition("localhost", EmbeddedServices.EVENT_HUB, consumerGroup, id),
            StoredCheckpoint.entriesOf(sequenceNumber, offset(sequenceNumber))));
  }

  private static PartitionReset first(CheckpointReset reset) {
    return Objects.requireNonNull(reset.partitions().get("0"));
  }

  private static Stream<Arguments> positions() {
    return Stream.of(
        Arguments.of(EventPosition.earliest(), -1),
        Arguments.of(EventPosition.latest(), 99),
        Arguments.of(EventPosition.fromSequenceNumber(41), 41),
        Arguments.of(EventPosition.fromSequenceNumber(41, true), 40),
        Arguments.of(EventPosition.fromSequenceNumber(5000), 99),
        Arguments.of(EventPosition.fromEnqueuedTime(Instant.EPOCH), -1),
        Arguments.of(EventPosition.fromEnqueuedTime(Instant.now().plusSeconds(3600)), 99));
  }

  @ParameterizedTest
  @MethodSource("positions")
  void aGroupIsMovedToAPositionAndReadsOnThere(EventPosition position, long sequenceNumber)
      throws Exception {
    checkpoint(EmbeddedServices.CONSUMER_GROUP, "0", 50);

    CheckpointReset plan = await(metadata.planReset(position));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 50L));
    CheckpointReset done = await(metadata.reset(plan));

    assertThat(done.isDone()).isTrue();
    assertThat(done.partitions()).containsOnlyKeys("0", "1");
    assertThat(first(done).before())
        .hasValueSatisfying(before -> assertThat(before.sequenceNumber()).hasValue(50));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", sequenceNumber, "1", sequenceNumber));
    assertThat(Objects.requireNonNull(await(metadata.lag()).get("0")).events())
        .hasValue(99 - sequenceNumber);
    assertThat(services.owners().values()).containsOnly("");
  }

  @Test
  void aPartitionThatIsThereAlreadyIsLeftAlone() throws Exception {
    checkpoint(EmbeddedServices.CONSUMER_GROUP, "0", 50);

    CheckpointReset plan =
        await(metadata.planReset(Map.of("0", EventPosition.fromSequenceNumber(50))));

    assertThat(first(plan).outcome()).isEqualTo(PartitionReset.Outcome.UNCHANGED);
    assertThat(await(metadata.reset(plan))).isEqualTo(plan);
  }

  @Test
  void thePositionsOfAnotherGroupAreCopied() throws Exception {
    checkpoint("$Default", "0", 60);

    CheckpointReset done = await(metadata.reset(await(metadata.planResetToThoseOf("$Default"))));

    assertThat(done.partitions()).containsOnlyKeys("0");
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 60L));
  }

  @Test
  void positionsOfAnEarlierEventHubAreNotCopied() throws Exception {
    checkpoint("$Default", "0", 60);
    await(
        store.createCheckpoint(
            new EventHubPartition("localhost", EmbeddedServices.EVENT_HUB, "$Default", "7"),
            StoredCheckpoint.entriesOf(3, "3")));
    await(
        store.createCheckpoint(
            new EventHubPartition("localhost", EmbeddedServices.EVENT_HUB, "$Default", "1"),
            StoredCheckpoint.entriesOf(99, offset(99))));

    CheckpointReset plan = await(metadata.planResetToThoseOf("$Default"));
    assertThat(plan.partitions()).containsOnlyKeys("0", "1");

    services.eventHubs().recreateEventHub(EmbeddedServices.EVENT_HUB, 2);
    assertThatThrownBy(() -> await(metadata.planResetToThoseOf("$Default")))
        .hasCauseInstanceOf(AnotherEventHubException.class)
        .hasMessageContaining("partition '")
        .hasMessageContaining("never had an event");
  }

  @Test
  void anOffsetWithoutASequenceNumberIsCopiedWhereItsEventIsThere() throws Exception {
    offsetAlone("0", offset(60));
    offsetAlone("1", StoredCheckpoint.BEFORE_FIRST_OFFSET);

    CheckpointReset plan = await(metadata.planResetToThoseOf("$Default"));

    assertThat(first(plan).sequenceNumber()).isEqualTo(60);
    assertThat(first(plan).offset()).isEqualTo(offset(60));
    assertThat(plan.partitions().get("1"))
        .satisfies(other -> assertThat(other.sequenceNumber()).isEqualTo(-1));
  }

  @Test
  void anOffsetWithoutASequenceNumberIsNotCopiedWhereItsEventIsNotThere() throws Exception {
    offsetAlone("0", offset(60));
    services.eventHubs().faults().moveRetention(EmbeddedServices.EVENT_HUB, "0", 80);
    assertOffsetIsRefused();

    services.eventHubs().recreateEventHub(EmbeddedServices.EVENT_HUB, 2);
    assertOffsetIsRefused();
  }

  private void assertOffsetIsRefused() {
    assertThatThrownBy(() -> await(metadata.planResetToThoseOf("$Default")))
        .hasCauseInstanceOf(CheckpointUnreadableException.class)
        .hasMessageContaining("no sequence number, and the partition has no event of that offset")
        .hasMessageContaining("Plan a reset to positions of your own");
  }

  private void offsetAlone(String id, String offset) throws Exception {
    await(
        store.createCheckpoint(
            new EventHubPartition("localhost", EmbeddedServices.EVENT_HUB, "$Default", id),
            Map.of(StoredCheckpoint.OFFSET, offset)));
  }

  @Test
  void aPartitionThatDoesNotExistIsRefused() {
    assertThatThrownBy(() -> await(metadata.planReset(Map.of("7", EventPosition.earliest()))))
        .hasCauseInstanceOf(PartitionNotFoundException.class)
        .hasMessageContaining("7");
  }

  @Test
  void aGroupThatDoesNotExistIsNotPlannedForAndOneWithoutACheckpointGivesNoPartitions()
      throws Exception {
    EventHubsMetadata mistyped =
        EventHubsMetadata.create(settings().withConsumerGroup("mistyped"), system());
    EventHubsMetadata elsewhere =
        EventHubsMetadata.create(settings().withEventHubName("unknown"), system());

    assertThatThrownBy(() -> await(mistyped.planReset(EventPosition.fromSequenceNumber(41))))
        .hasCauseInstanceOf(EventHubNotFoundException.class)
        .hasMessageContaining("mistyped");
    assertThat(await(metadata.planResetToThoseOf("mistyped")).partitions()).isEmpty();
    assertThatThrownBy(() -> await(elsewhere.planResetToThoseOf("$Default")))
        .hasCauseInstanceOf(EventHubNotFoundException.class);
    mistyped.close();
    elsewhere.close();
  }

  @Test
  void anOwnedPartitionIsReportedAndTheOthersAreMoved() throws Exception {
    await(store.createOwnership(partition("0"), "somebody", Map.of()));

    CheckpointReset done = await(metadata.reset(await(metadata.planReset(EventPosition.latest()))));

    assertThat(done.isDone()).isFalse();
    assertThat(first(done).outcome()).isEqualTo(PartitionReset.Outcome.OWNED);
    assertThat(first(done).owner()).contains("somebody");
    assertThat(services.checkpoints()).isEqualTo(Map.of("1", 99L));
  }

  @Test
  void aRunningGroupReadsAgainFromWhereItIsForcedTo() throws Exception {
    Queue<String> read = new ConcurrentLinkedQueue<>();
    ConsumerSettings settings = settings().withHandoverTimeout(SHORT_HAND_OVER);
    Consumer.DrainingControl<Done> owner =
        Consumer.committableSource(settings, Subscriptions.balanced())
            .map(
                event -> {
                  read.add(event.partition().partitionId() + ":" + body(event));
                  return event.committableOffset();
                })
            .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await()
        .atMost(LONG)
        .until(() -> services.checkpoints().equals(Map.of("0", 99L, "1", 99L)));
    read.clear();

    CheckpointReset plan =
        await(metadata.planReset(Map.of("0", EventPosition.fromSequenceNumber(89))));
    assertThat(first(await(metadata.reset(plan))).outcome())
        .isEqualTo(PartitionReset.Outcome.OWNED);
    assertThat(await(metadata.resetForced(plan)).isDone()).isTrue();
    // The owner finds out with its next commit.
    services.sendToEach(1);

    Awaitility.await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(read).contains("0:90", "0:99", "0:100").doesNotContain("0:89", "1:99"));
    Awaitility.await()
        .atMost(LONG)
        .until(() -> services.checkpoints().equals(Map.of("0", 100L, "1", 100L)));
    await(owner.drainAndShutdown());
  }
}
