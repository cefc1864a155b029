// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionBatchesTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("PartitionBatchesTest");

  private final ControllableEpoch epoch = ControllableEpoch.ofPartition("0");

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  private CommittableEvent event(long sequenceNumber) {
    PartitionContext context = new PartitionContext("ns", "orders", "$Default", "0");
    return new CommittableEvent(
        new PartitionEvent(context, new EventData("body"), null), epoch.offset(sequenceNumber));
  }

  /** Runs events 1 to 10 through batches of five. */
  private CompletionStage<List<CommittableOffsetBatch>> run(Optional<CommitterSettings> committer) {
    Source<CommittableEvent, NotUsed> events = Source.range(1, 10).map(this::event);
    return Source.single(Pair.create(epoch.partition(), events))
        .via(
            PartitionBatches.flow(
                ConsumerSettings.create(SYSTEM),
                1,
                5,
                Duration.ofSeconds(10),
                batch -> CompletableFuture.completedStage(batch),
                committer))
        .runWith(Sink.seq(), SYSTEM);
  }

  @Test
  void aCommitterOfTheSettingsOfTheSystemTakesTheNextBatchDuringAWrite() {
    CompletionStage<List<CommittableOffsetBatch>> emitted = run(Optional.empty());

    await().until(() -> epoch.acknowledgedNumbers().equals(List.of(5L, 10L)));
    epoch.answerEverything();
    assertThat(emitted.toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void aCommitterMayHaveSettingsOfItsOwn() {
    CompletionStage<List<CommittableOffsetBatch>> emitted =
        run(Optional.of(CommitterSettings.create(SYSTEM).withMaxBatch(5).withMaxUnwritten(5)));

    await().until(() -> epoch.unansweredFlushes() == 1);
    assertThat(epoch.acknowledgedNumbers()).containsExactly(5L);
    epoch.answer(CommitOutcome.COMMITTED);
    await().until(() -> epoch.acknowledgedNumbers().equals(List.of(5L, 10L)));
    epoch.answerEverything();
    assertThat(emitted.toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(10))
        .satisfies(
            batches ->
                assertThat(batches.stream().mapToLong(CommittableOffsetBatch::batchSize).sum())
                    .isEqualTo(10));
  }

  @Test
  void aBatchWhosePartitionHasAnotherOwnerIsNotEmitted() {
    CompletionStage<List<CommittableOffsetBatch>> emitted =
        run(Optional.of(CommitterSettings.create(SYSTEM).withMaxBatch(5).withMaxUnwritten(5)));

    await().until(() -> epoch.unansweredFlushes() == 1);
    epoch.answer(CommitOutcome.COMMITTED);
    await().until(() -> epoch.unansweredFlushes() == 1);
    epoch.answer(CommitOutcome.DROPPED_NOT_OWNER);

    assertThat(emitted.toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(10))
        .satisfies(
            batches ->
                assertThat(batches)
                    .flatExtracting(CommittableOffsetBatch::offsets)
                    .extracting(offset -> offset.sequenceNumber())
                    .containsExactly(5L));
  }

  /** When the stream runs, it is too late: then nobody knows which line was wrong. */
  @ParameterizedTest
  @CsvSource({
    "0, PT10S, 'maxBatch must be at least 1, and not 0'",
    "5, PT0S, 'maxWait must be longer than zero, and not 0s'"
  })
  void argumentsAreCheckedWhenTheSourceIsMade(int maxBatch, Duration maxWait, String message) {
    assertThatThrownBy(
            () ->
                Consumer.processBatches(
                    ConsumerSettings.create(SYSTEM),
                    Subscriptions.partitions("0"),
                    maxBatch,
                    maxWait,
                    CompletableFuture::completedStage))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageStartingWith(message);
  }
}
