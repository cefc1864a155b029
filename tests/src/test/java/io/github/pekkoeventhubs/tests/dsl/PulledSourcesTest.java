// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Demand, completion, failure and cancellation, one pull at a time. */
class PulledSourcesTest extends FixedPartitionStreams {

  private static final int EVENTS = 500;

  @BeforeEach
  void fill() {
    services.sendToEach(EVENTS);
  }

  private static <T> Sink<T, SinkQueueWithCancel<T>> pulled() {
    return Sink.queue(1);
  }

  @Nested
  class ProcessBatches {

    private final Queue<List<CommittableEvent>> handled = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Done> work = new CompletableFuture<>();

    private Pair<Consumer.Control, SinkQueueWithCancel<CommittableOffsetBatch>> run() {
      return run(settings().handoverTimeout());
    }

    private Pair<Consumer.Control, SinkQueueWithCancel<CommittableOffsetBatch>> run(
        Duration handover) {
      return Consumer.processBatches(
              settings().withMaxUncommitted(50).withHandoverTimeout(handover),
              Subscriptions.partitions("0"),
              10,
              Duration.ofMillis(50),
              batch -> {
                handled.add(batch);
                return work;
              })
          .toMat(PulledSourcesTest.<CommittableOffsetBatch>pulled(), Keep.both())
          .run(system());
    }

    private int handledEvents() {
      return handled.stream().mapToInt(List::size).sum();
    }

    @Test
    void oneBatchOfAPartitionIsWithTheHandlerAtATimeAndEmittedWhenItIsCommitted() throws Exception {
      var stream = run();
      CompletionStage<Optional<CommittableOffsetBatch>> first = stream.second().pull();
      Awaitility.await()
          .during(Duration.ofMillis(200))
          .atMost(PATIENCE)
          .until(() -> handled.size() == 1);
      assertThat(first.toCompletableFuture()).isNotDone();

      work.complete(Done.getInstance());
      CommittableOffsetBatch committed = await(first).orElseThrow();
      assertThat(committed("0"))
          .isGreaterThanOrEqualTo(committed.offsets().get(0).sequenceNumber());
      await(stream.first().shutdown());
    }

    @Test
    void completesWithEverythingThatWasHandledCommitted() throws Exception {
      var stream = run();
      work.complete(Done.getInstance());
      Awaitility.await().atMost(PATIENCE).until(() -> handledEvents() >= 100);
      CompletionStage<Done> stopped = stream.first().stop();
      long emitted = 0;
      Optional<CommittableOffsetBatch> next = await(stream.second().pull());
      while (next.isPresent()) {
        emitted += next.get().batchSize();
        next = await(stream.second().pull());
      }

      await(stopped);
      await(stream.first().isShutdown());
      assertThat(emitted).isEqualTo(handledEvents());
      assertThat(committed("0")).isEqualTo(handledEvents() - 1);
    }

    @Test
    void failsWithItsHandlerAndCommitsNothingOfTheBatch() throws Exception {
      var stream = run();
      CompletionStage<Optional<CommittableOffsetBatch>> first = stream.second().pull();
      work.completeExceptionally(new IllegalStateException("no more"));

      assertThatThrownBy(() -> await(first)).hasRootCauseMessage("no more");
      await(stream.first().isShutdown());
      assertThat(committed("0")).as("the place before the first event").isEqualTo(-1);
    }

    @Test
    void aCancellationReleasesEverything() throws Exception {
      var stream = run(SHORT_HAND_OVER);
      Awaitility.await().atMost(PATIENCE).until(() -> handled.size() == 1);
      stream.second().cancel();

      await(stream.first().isShutdown());
    }
  }

  @Nested
  class ManualPositions {

    private final Queue<Set<EventHubPartition>> revoked = new ConcurrentLinkedQueue<>();

    private Pair<
            Consumer.Control,
            SinkQueueWithCancel<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>>>
        run() {
      return Consumer.plainPartitionedManualOffsetSource(
              settings().withHandoverTimeout(SHORT_HAND_OVER),
              Subscriptions.partitions("0"),
              assigned -> CompletableFuture.completedFuture(Map.of()),
              given -> {
                revoked.add(given);
                return CompletableFuture.completedFuture(Done.getInstance());
              })
          .toMat(
              PulledSourcesTest.<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>>pulled(),
              Keep.both())
          .run(system());
    }

    private Source<PartitionEvent, NotUsed> next(
        SinkQueueWithCancel<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>> partitions)
        throws Exception {
      return await(partitions.pull()).orElseThrow().second();
    }

    private long sequenceNumber(Optional<PartitionEvent> event) {
      return event.orElseThrow().getData().getSequenceNumber();
    }

    @Test
    void aPartitionEmitsNoMoreThanItIsAskedForAndCompletesWhenItIsGivenUp() throws Exception {
      var stream = run();
      SinkQueueWithCancel<PartitionEvent> events =
          next(stream.second()).runWith(pulled(), system());
      assertThat(sequenceNumber(await(events.pull()))).isZero();
      assertThat(sequenceNumber(await(events.pull()))).isEqualTo(1);
      // Two were asked for; the queue's own places are filled ahead.
      assertThat(
              Objects.requireNonNull(stream.first().status().partitions().get("0"))
                  .emitted()
                  .orElseThrow())
          .isLessThan(40);

      stream.first().stop();
      Optional<PartitionEvent> next;
      do {
        next = await(events.pull());
      } while (next.isPresent());
      await(stream.first().isShutdown());
      assertThat(revoked).containsExactly(Set.of(partition("0")));
    }

    @Test
    void aPartitionWhoseStreamFailsIsOfferedAgainFromItsFirstUnreadEvent() throws Exception {
      var stream = run();
      SinkQueueWithCancel<PartitionEvent> failing =
          next(stream.second())
              .map(
                  event -> {
                    if (event.getData().getSequenceNumber() == 2) {
                      throw new IllegalStateException("poison");
                    }
                    return event;
                  })
              .runWith(pulled(), system());
      await(failing.pull());
      await(failing.pull());
      assertThatThrownBy(() -> await(failing.pull())).hasRootCauseMessage("poison");

      SinkQueueWithCancel<PartitionEvent> again = next(stream.second()).runWith(pulled(), system());
      assertThat(sequenceNumber(await(again.pull()))).isEqualTo(3);
      assertThat(revoked).isEmpty();
      await(stream.first().shutdown());
    }

    @Test
    void aCancellationOfTheWholeRevokesThePartitions() throws Exception {
      var stream = run();
      SinkQueueWithCancel<PartitionEvent> events =
          next(stream.second()).runWith(pulled(), system());
      await(events.pull());
      stream.second().cancel();

      await(stream.first().isShutdown());
      assertThat(revoked).containsExactly(Set.of(partition("0")));
    }
  }
}
