// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StartPositionsTest extends FixedPartitionStreams {

  private final Subscription first = Subscriptions.partitions("0");
  private final Queue<String> read = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void fill() {
    services.sendToEach(20);
  }

  private Consumer.DrainingControl<Done> readPlain(ConsumerSettings settings) {
    return Consumer.plainSource(settings, first)
        .map(event -> event.getData().getBodyAsString())
        .toMat(Sink.foreach(read::add), Consumer::createDrainingControl)
        .run(system());
  }

  private Consumer.DrainingControl<Done> readAndCommit(ConsumerSettings settings) {
    return Consumer.committableSource(settings, first)
        .map(
            event -> {
              read.add(body(event));
              return event.committableOffset();
            })
        .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
        .run(system());
  }

  private void await(Consumer.DrainingControl<Done> control, List<String> expected)
      throws Exception {
    Awaitility.await().atMost(PATIENCE).until(() -> read.size() >= expected.size());
    await(control.drainAndShutdown());
    assertThat(read).containsExactlyElementsOf(expected);
    read.clear();
  }

  private static Stream<Arguments> positionsAndFirstEvents() {
    return Stream.of(
        Arguments.of(EventPosition.earliest(), 5),
        Arguments.of(EventPosition.fromSequenceNumber(12, true), 12),
        Arguments.of(EventPosition.fromSequenceNumber(12, false), 13),
        Arguments.of(EventPosition.fromSequenceNumber(2, true), 5),
        Arguments.of(EventPosition.fromSequenceNumber(19, true), 19));
  }

  @ParameterizedTest
  @MethodSource("positionsAndFirstEvents")
  void aTrimmedPartitionIsReadFromThePositionOrItsFirstEvent(EventPosition position, int firstEvent)
      throws Exception {
    services.eventHubs().removeEventsBefore(EmbeddedServices.EVENT_HUB, "0", 5);

    await(readPlain(settings().withInitialPosition(position)), bodies(firstEvent, 20));
  }

  @Test
  void aPositionByOffsetExcludesItsEvent() throws Exception {
    StoredEvent tenth = services.eventHubs().events(EmbeddedServices.EVENT_HUB, "0").get(9);
    ConsumerSettings settings =
        settings().withInitialPosition(EventPosition.fromOffsetString(tenth.offset()));

    await(readPlain(settings), bodies(10, 20));
  }

  @Test
  void aPositionInTimeIncludesTheFirstEventFromThenOn() throws Exception {
    StoredEvent last = services.eventHubs().events(EmbeddedServices.EVENT_HUB, "0").get(19);
    // Event times have a millisecond's resolution: the next one has to be later than the last.
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> java.time.Instant.now().isAfter(last.enqueuedTime().plusMillis(5)));
    services.sendToEach(5);
    ConsumerSettings settings =
        settings()
            .withInitialPosition(EventPosition.fromEnqueuedTime(last.enqueuedTime().plusMillis(2)));

    await(readPlain(settings), bodies(20, 25));
  }

  @Test
  void latestIsThePositionAtTheFirstRunAlsoIfNothingWasCommittedThen() throws Exception {
    ConsumerSettings settings = settings().withInitialPosition(EventPosition.latest());
    Consumer.DrainingControl<Done> control = readAndCommit(settings);
    Awaitility.await().atMost(PATIENCE).until(() -> services.eventHubs().receivers().size() == 1);
    services.sendToEach(5);

    await(control, bodies(20, 25));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 24L));
  }

  @Test
  void aCheckpointBeforeTheFirstEventThatIsLeftGoesOnThere() throws Exception {
    store(StoredCheckpoint.entriesOf(3, offsetOf(3)));
    services.eventHubs().removeEventsBefore(EmbeddedServices.EVENT_HUB, "0", 10);

    await(readAndCommit(settings()), bodies(10, 20));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 19L));
  }

  @Test
  void positionsGivenForFixedPartitionsOverrideTheirCheckpoints() throws Exception {
    await(readAndCommit(settings()), bodies(0, 20));
    Consumer.DrainingControl<Done> control =
        Consumer.plainSource(
                settings(),
                Subscriptions.partitionsFrom(
                    Map.of("0", EventPosition.fromSequenceNumber(15, true))))
            .map(event -> event.getData().getBodyAsString())
            .toMat(Sink.foreach(read::add), Consumer::createDrainingControl)
            .run(system());

    await(control, bodies(15, 20));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 19L));
  }

  private Map<String, String> storedEntries() throws Exception {
    return await(store.readCheckpoint(partition("0"))).orElseThrow().entries();
  }

  private void store(Map<String, String> entries) throws Exception {
    await(store.createCheckpoint(partition("0"), entries));
  }

  private String offsetOf(int event) {
    return services.eventHubs().events(EmbeddedServices.EVENT_HUB, "0").get(event).offset();
  }

  /** For a hand-over of events that nobody acknowledges. */
  private ConsumerSettings givingUpSoon() {
    return settings().withHandoverTimeout(SHORT_HAND_OVER);
  }

  private void readWithoutCommitting(
      Source<CommittableEvent, Consumer.Control> events, List<String> expected) throws Exception {
    Consumer.DrainingControl<Done> control =
        events
            .map(FixedPartitionStreams::body)
            .toMat(Sink.foreach(read::add), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> services.eventHubs().receivers().size() == 1);
    if (expected.contains("20")) {
      services.sendToEach(5);
    }
    await(control, expected);
  }

  @Test
  void aStartBeyondTheCheckpointDoesNotMoveItUnlessSomethingIsCommitted() throws Exception {
    Map<String, String> checkpoint = StoredCheckpoint.entriesOf(5, offsetOf(5));
    store(checkpoint);

    readWithoutCommitting(
        Consumer.committableSource(
            givingUpSoon(), Subscriptions.partitionsFrom(Map.of("0", EventPosition.latest()))),
        bodies(20, 25));

    assertThat(storedEntries()).isEqualTo(checkpoint);
  }

  @Test
  void aStartOfTheUsersOwnBeyondTheCheckpointDoesNotMoveIt() throws Exception {
    Map<String, String> checkpoint = StoredCheckpoint.entriesOf(5, offsetOf(5));
    store(checkpoint);

    readWithoutCommitting(
        Consumer.committablePartitionedManualOffsetSource(
                givingUpSoon(),
                first,
                assigned ->
                    CompletableFuture.completedFuture(
                        Map.of(partition("0"), EventPosition.fromSequenceNumber(15, true))))
            .flatMapConcat(Pair::second),
        bodies(15, 20));

    assertThat(storedEntries()).isEqualTo(checkpoint);
  }

  @Test
  void aCheckpointOfAnOffsetAloneStaysAsItIsUnlessSomethingIsCommitted() throws Exception {
    Map<String, String> checkpoint = Map.of(StoredCheckpoint.OFFSET, offsetOf(9));
    store(checkpoint);

    readWithoutCommitting(Consumer.committableSource(givingUpSoon(), first), bodies(10, 20));

    assertThat(storedEntries()).isEqualTo(checkpoint);
  }

  @Test
  void whereThereIsNoCheckpointTheStartIsStoredSoThatLatestStaysWhereItWas() throws Exception {
    EventPosition latest = EventPosition.latest();

    readWithoutCommitting(
        Consumer.committableSource(givingUpSoon().withInitialPosition(latest), first),
        bodies(20, 25));

    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 19L));
    await(readAndCommit(settings().withInitialPosition(latest)), bodies(20, 25));
  }

  @Test
  void offsetsOfAGeoReplicatedNamespaceAreCommittedAndReadBackAsTheyAre() throws Exception {
    try (EventHubsEmulator geo =
        EventHubsEmulator.builder()
            .eventHub(EmbeddedServices.EVENT_HUB, 1)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .geoReplicatedOffsets()
            .start()) {
      ConsumerSettings settings = settings().withConnectionString(geo.connectionString());
      for (String body : bodies(0, 10)) {
        geo.send(EmbeddedServices.EVENT_HUB, "0", new EventData(body));
      }
      await(readAndCommit(settings), bodies(0, 10));
      assertThat(await(store.readCheckpoint(partition("0"))).orElseThrow().offset())
          .contains(geo.events(EmbeddedServices.EVENT_HUB, "0").get(9).offset())
          .hasValueSatisfying(offset -> assertThat(offset).contains(":"));

      geo.send(EmbeddedServices.EVENT_HUB, "0", new EventData("10"), new EventData("11"));
      await(readAndCommit(settings), bodies(10, 12));
    }
  }

  private List<CommittableEvent> readFive(ConsumerSettings settings) throws Exception {
    return await(Consumer.committableSource(settings, first).take(5).runWith(Sink.seq(), system()));
  }

  @Test
  void eachEventTellsTheLastOneOfItsPartitionWhereThatIsSwitchedOn() throws Exception {
    assertThat(readFive(settings()))
        .allSatisfy(event -> assertThat(event.lastEnqueued()).isEmpty());

    assertThat(readFive(settings().withTrackLastEnqueued(true)))
        .allSatisfy(
            event ->
                assertThat(event.lastEnqueued().orElseThrow().getSequenceNumber()).isEqualTo(19));
  }
}
