// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each committer, and what offsets can do, down to the checkpoint in the store. */
class CommittersTest extends FixedPartitionStreams {

  @BeforeEach
  void fill() {
    services.sendToEach(100);
  }

  private Source<CommittableOffset, Consumer.Control> offsets() {
    return Consumer.committableSource(settings(), Subscriptions.partitions("0"))
        .map(CommittableEvent::committableOffset);
  }

  private void assertThatEverythingIsCommitted() {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L)));
  }

  private <T> Consumer.DrainingControl<Done> run(Source<T, Consumer.Control> source) {
    return source.toMat(Sink.ignore(), Consumer::createDrainingControl).run(system());
  }

  @Test
  void theFlowCommitsAndSaysSo() throws Exception {
    Consumer.DrainingControl<Done> control = run(offsets().via(Committer.flow(committer())));

    assertThatEverythingIsCommitted();
    await(control.drainAndShutdown());
  }

  @Test
  void theBatchFlowEmitsNothingThatTheStoreDoesNotHold() throws Exception {
    Consumer.DrainingControl<Done> control =
        run(
            offsets()
                .via(Committer.batchFlow(committer().withMaxBatch(10)))
                .mapConcat(CommittableOffsetBatch::offsets)
                .map(
                    offset -> {
                      assertThat(committed("0")).isGreaterThanOrEqualTo(offset.sequenceNumber());
                      return offset;
                    }));

    assertThatEverythingIsCommitted();
    assertThat(await(control.drainAndShutdown())).isEqualTo(Done.getInstance());
  }

  @Test
  void theFlowWithOffsetContextCommitsTheContext() throws Exception {
    AtomicLong events = new AtomicLong();
    Consumer.DrainingControl<Done> control =
        run(
            Consumer.sourceWithOffsetContext(settings(), Subscriptions.partitions("0"))
                .map(event -> event.getData().getBodyAsString())
                .via(Committer.<String, CommittableOffset>flowWithOffsetContext(committer()))
                .asSource()
                .map(
                    element -> {
                      events.addAndGet(element.second().batchSize());
                      return element;
                    }));

    assertThatEverythingIsCommitted();
    await(control.drainAndShutdown());
    assertThat(events).hasValue(100);
  }

  @Test
  void theSinkWithOffsetContextCommitsTheContext() throws Exception {
    Consumer.DrainingControl<Done> control =
        Consumer.sourceWithOffsetContext(settings(), Subscriptions.partitions("0"))
            .toMat(
                Committer.<PartitionEvent, CommittableOffset>sinkWithOffsetContext(committer()),
                Consumer::createDrainingControl)
            .run(system());

    assertThatEverythingIsCommitted();
    await(control.drainAndShutdown());
  }

  @Test
  void whatIsSentAndForgottenIsCommittedToo() throws Exception {
    Consumer.DrainingControl<Done> control =
        run(
            offsets()
                .via(
                    Committer.batchFlow(committer().withDelivery(CommitDelivery.SEND_AND_FORGET))));

    assertThatEverythingIsCommitted();
    await(control.drainAndShutdown());
  }

  @Test
  void theLastOffsetCommittedWhenTheNextIsObservedFollowsInTheDrain() throws Exception {
    Consumer.DrainingControl<Done> control =
        run(
            offsets()
                .mapConcat(offset -> List.of(offset, offset, offset))
                .via(Committer.batchFlow(committer().withWhen(CommitWhen.NEXT_OFFSET_OBSERVED))));

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(services.checkpoints()).isEqualTo(Map.of("0", 98L)));
    await(control.drainAndShutdown());
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L));
  }

  @Test
  void anEventThatWasSplitIsCommittedWithItsLastPart() throws Exception {
    Consumer.DrainingControl<Done> control =
        run(
            offsets()
                .mapConcat(
                    offset -> {
                      CommittableOffset part = offset.split(3);
                      // One part of the last event never comes.
                      int parts = offset.sequenceNumber() == 99 ? 2 : 3;
                      return Stream.generate(() -> part).limit(parts).toList();
                    })
                .via(Committer.batchFlow(committer())));

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(services.checkpoints()).isEqualTo(Map.of("0", 98L)));
    await(control.drainAndShutdown());
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 98L));
  }

  @Test
  void metadataAreStoredBesideTheCheckpoint() throws Exception {
    Consumer.DrainingControl<Done> control =
        run(
            offsets()
                .map(
                    offset ->
                        offset.withMetadata(
                            Map.of("ledger_page", Long.toString(offset.sequenceNumber()))))
                .via(Committer.batchFlow(committer())));

    assertThatEverythingIsCommitted();
    await(control.drainAndShutdown());
    assertThat(services.blobs().writes())
        .last()
        .satisfies(
            write ->
                assertThat(write.metadata())
                    .containsEntry("sequencenumber", "99")
                    .containsEntry("ledger_page", "99"));
  }

  @Test
  void aPlainSourcePerPartitionCompletesWithTheSourceAndCommitsNothing() throws Exception {
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control =
        Consumer.plainPartitionedSource(settings(), Subscriptions.partitions("0", "1"))
            .mapAsyncUnordered(
                2,
                partition ->
                    partition
                        .second()
                        .map(event -> Pair.create(partition.first(), event))
                        .runForeach(
                            pair ->
                                seen.add(
                                    pair.first().partitionId()
                                        + "/"
                                        + pair.second().getData().getBodyAsString()),
                            system()))
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(system());

    Awaitility.await().atMost(PATIENCE).until(() -> seen.size() == 200);
    assertThat(await(control.drainAndShutdown())).isEqualTo(Done.getInstance());
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(services.checkpoints()).isEmpty();
  }
}
