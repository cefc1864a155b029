// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.ReadUntil;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class BoundedReadingTest extends FixedPartitionStreams {

  private final Subscription both = Subscriptions.partitions("0", "1");

  private CompletionStage<List<PartitionEvent>> run(Subscription subscription) {
    return Consumer.plainSource(settings(), subscription).runWith(Sink.seq(), system());
  }

  private static List<Long> numbers(List<PartitionEvent> events, String partition) {
    return events.stream()
        .filter(event -> event.getPartitionContext().getPartitionId().equals(partition))
        .map(event -> event.getData().getSequenceNumber())
        .toList();
  }

  @Test
  void readsWhatIsThereAndCompletes() throws Exception {
    services.sendToEach(100);

    List<PartitionEvent> events = await(run(both.until(ReadUntil.now())));

    assertThat(events).hasSize(200);
    assertThat(numbers(events, "1")).startsWith(0L).endsWith(99L).isSorted();
  }

  @Test
  void anEmptyEventHubCompletesAtOnceAndAnIdlePartitionDoesNotDelayTheOther() throws Exception {
    assertThat(await(run(both.until(ReadUntil.now())))).isEmpty();

    services.eventHubs().send(EmbeddedServices.EVENT_HUB, "1", event());
    assertThat(await(run(both.until(ReadUntil.now())))).hasSize(1);
  }

  private static EventData event() {
    return new EventData("one");
  }

  @Test
  void aStartAtTheEndCompletesWhetherItIsGivenOrACheckpoint() throws Exception {
    services.sendToEach(10);
    Map<String, EventPosition> latest = Map.of("0", EventPosition.latest());
    assertThat(await(run(Subscriptions.partitionsFrom(latest).until(ReadUntil.now())))).isEmpty();

    String offset = services.eventHubs().events(EmbeddedServices.EVENT_HUB, "0").get(9).offset();
    await(store.createCheckpoint(partition("0"), Map.of(StoredCheckpoint.OFFSET, offset)));
    assertThat(await(run(Subscriptions.partitions("0").until(ReadUntil.now())))).isEmpty();
  }

  @Test
  void readsUpToASequenceNumberOfEachPartition() throws Exception {
    services.sendToEach(50);

    List<PartitionEvent> events =
        await(run(both.until(ReadUntil.sequenceNumbers(Map.of("0", 4L, "1", 9L)))));

    assertThat(numbers(events, "0")).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(numbers(events, "1")).hasSize(10);
  }

  @Test
  void waitsForASequenceNumberThatIsNotThereYet() throws Exception {
    services.sendToEach(5);
    CompletionStage<List<PartitionEvent>> events =
        run(both.until(ReadUntil.sequenceNumbers(Map.of("0", 6L, "1", 4L))));
    Awaitility.await().atMost(PATIENCE).until(() -> services.eventHubs().receivers().size() == 2);
    assertThat(events.toCompletableFuture()).isNotDone();

    services.sendToEach(5);

    assertThat(numbers(await(events), "0")).hasSize(7);
  }

  @Test
  void readsUntilATimeInThePastAndOneInTheFuture() throws Exception {
    services.sendToEach(5);
    Instant last =
        services.eventHubs().events(EmbeddedServices.EVENT_HUB, "1").get(4).enqueuedTime();
    // Event times have a millisecond's resolution: the next one has to be later than the last.
    Awaitility.await().atMost(PATIENCE).until(() -> Instant.now().isAfter(last.plusMillis(5)));
    services.sendToEach(5);

    assertThat(await(run(both.until(ReadUntil.time(last.plusMillis(2)))))).hasSize(10);
    assertThat(await(run(both.until(ReadUntil.time(Instant.EPOCH))))).isEmpty();
    assertThat(await(run(both.until(ReadUntil.time(Instant.now().plusSeconds(2)))))).hasSize(20);
  }

  @Test
  void whatWasReadIsCommittedAndNothingBeyondTheEnd() throws Exception {
    services.sendToEach(50);

    Consumer.DrainingControl<List<CommittableEvent>> control =
        Consumer.committableSource(
                settings(), both.until(ReadUntil.sequenceNumbers(Map.of("0", 4L, "1", 49L))))
            .alsoTo(
                Flow.<CommittableEvent>create()
                    .map(CommittableEvent::committableOffset)
                    .to(Committer.sink(committer())))
            .toMat(Sink.seq(), Consumer::createDrainingControl)
            .run(system());

    assertThat(await(control.streamCompletion())).hasSize(55);
    await(control.isShutdown());
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 4L, "1", 49L));
  }

  @Test
  void doesNotWaitForEventsThatTheServiceHasRemoved() throws Exception {
    services.sendToEach(50);
    Pair<CompletionStage<Done>, TestSubscriber.Probe<PartitionEvent>> stream =
        Consumer.plainSource(
                settings().withMaxBufferedEvents(1).withPrefetchCount(1),
                Subscriptions.partitions("0").until(ReadUntil.now()))
            .watchTermination((control, done) -> done)
            .toMat(TestSink.create(system()), Keep.both())
            .run(system());
    stream.second().request(1);
    stream.second().expectNext();
    services.eventHubs().removeEventsBefore(EmbeddedServices.EVENT_HUB, "0", 50);

    stream.second().request(Long.MAX_VALUE);

    await(stream.first());
  }

  @Test
  void losesNoneOfTheLargeEventsForWhichALinkIsReplaced() throws Exception {
    for (int i = 0; i < 20; i++) {
      services.eventHubs().send(EmbeddedServices.EVENT_HUB, "0", new EventData(new byte[3_000]));
    }

    List<PartitionEvent> events =
        await(run(Subscriptions.partitions("0").until(ReadUntil.sequenceNumbers(Map.of("0", 1L)))));

    assertThat(numbers(events, "0")).containsExactly(0L, 1L);
  }

  @Test
  void readsOnSoonAfterALostConnection() throws Exception {
    services.sendToEach(5);
    CompletionStage<List<PartitionEvent>> events =
        run(both.until(ReadUntil.sequenceNumbers(Map.of("0", 9L, "1", 9L))));
    Awaitility.await().atMost(PATIENCE).until(() -> services.eventHubs().receivers().size() == 2);
    services.eventHubs().faults().dropConnections();

    services.sendToEach(5);

    assertThat(await(events)).hasSize(20);
  }

  @Test
  void endsAreRefusedWhereNobodyCanTellThem() {
    assertThatThrownBy(() -> Subscriptions.balanced().until(ReadUntil.now()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("balanced()");
    assertThatThrownBy(() -> Subscriptions.clusterSharded().until(ReadUntil.now()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("clusterSharded()");
    assertThatThrownBy(() -> await(run(both.until(ReadUntil.sequenceNumbers(Map.of("0", 4L))))))
        .hasCauseInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("[1]");
    assertThatThrownBy(
            () ->
                await(
                    Consumer.plainPartitionedSource(settings(), both.until(ReadUntil.now()))
                        .runWith(Sink.ignore(), system())))
        .hasCauseInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("partitioned");
  }
}
