// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessBatchesTest extends FixedPartitionStreams {

  private static final Attributes RESUMING =
      ActorAttributes.withSupervisionStrategy(Supervision.getResumingDecider());

  private final Queue<List<String>> batches = new ConcurrentLinkedQueue<>();

  private CompletionStage<Void> record(List<CommittableEvent> batch) {
    return CompletableFuture.runAsync(
        () ->
            batches.add(
                batch.stream()
                    .map(event -> event.partition().partitionId() + "/" + body(event))
                    .toList()));
  }

  private static List<String> ofPartition(String id, List<List<String>> batches) {
    return batches.stream()
        .flatMap(List::stream)
        .filter(name -> name.startsWith(id + "/"))
        .map(name -> name.substring(2))
        .toList();
  }

  @Test
  void processesAndCommitsEachPartitionInOrderAndInBoundedBatches() throws Exception {
    services.sendToEach(250);
    Consumer.DrainingControl<List<CommittableOffsetBatch>> control =
        Consumer.processBatches(
                settings(),
                Subscriptions.partitions("0", "1"),
                100,
                Duration.ofMillis(200),
                this::record)
            .toMat(Sink.seq(), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> services.checkpoints().equals(Map.of("0", 249L, "1", 249L)));
    List<CommittableOffsetBatch> emitted = await(control.drainAndShutdown());

    assertThat(emitted.stream().mapToLong(CommittableOffsetBatch::batchSize).sum()).isEqualTo(500);
    assertThat(batches).allSatisfy(batch -> assertThat(batch).hasSizeBetween(1, 100));
    for (String id : List.of("0", "1")) {
      assertThat(ofPartition(id, List.copyOf(batches))).containsExactlyElementsOf(bodies(0, 250));
    }
  }

  @Test
  void aBatchIsNotCommittedBeforeItsHandlerHasCompleted() throws Exception {
    services.sendToEach(10);
    CompletableFuture<Void> work = new CompletableFuture<>();
    Consumer.DrainingControl<List<CommittableOffsetBatch>> control =
        Consumer.processBatches(
                settings(),
                Subscriptions.partitions("0"),
                10,
                Duration.ofSeconds(10),
                batch -> record(batch).thenCompose(done -> work))
            .toMat(Sink.seq(), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> batches.size() == 1);

    assertThat(services.checkpoints()).doesNotContainEntry("0", 9L);
    work.complete(null);
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(services.checkpoints()).containsEntry("0", 9L));
    await(control.drainAndShutdown());
  }

  /** A batch that is left out would be committed with the next one, and so be lost. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noSupervisionOfTheStreamAroundItLeavesABatchOut(boolean handlerThrows) {
    services.sendToEach(200);
    CompletionStage<List<CommittableOffsetBatch>> failed =
        Consumer.processBatches(
                settings(),
                Subscriptions.partitions("0"),
                100,
                Duration.ofSeconds(10),
                batch -> {
                  if (!body(batch.get(0)).equals("0")) {
                    return record(batch);
                  }
                  IllegalStateException refusal = new IllegalStateException("no more");
                  if (handlerThrows) {
                    throw refusal;
                  }
                  return CompletableFuture.failedFuture(refusal);
                })
            .addAttributes(RESUMING)
            .toMat(Sink.seq(), Keep.right())
            .addAttributes(RESUMING)
            .run(system());

    assertThatThrownBy(() -> await(failed)).hasRootCauseMessage("no more");
    assertThat(batches).isEmpty();
    assertThat(services.checkpoints().values())
        .as("at most the place before the first event")
        .allMatch(stored -> stored == -1);
  }

  @Test
  void aHandlerThatFailsFailsTheStreamAndItsBatchIsReadAgain() throws Exception {
    services.sendToEach(200);
    CompletionStage<List<CommittableOffsetBatch>> failed =
        Consumer.processBatches(
                settings(),
                Subscriptions.partitions("0"),
                100,
                Duration.ofSeconds(10),
                batch ->
                    body(batch.get(0)).equals("100")
                        ? CompletableFuture.failedFuture(new IllegalStateException("no more"))
                        : record(batch))
            .runWith(Sink.seq(), system());

    assertThatThrownBy(() -> await(failed)).hasRootCauseMessage("no more");
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(services.checkpoints()).containsEntry("0", 99L));

    Consumer.DrainingControl<List<CommittableOffsetBatch>> again =
        Consumer.processBatches(
                settings(),
                Subscriptions.partitions("0"),
                100,
                Duration.ofMillis(100),
                this::record)
            .toMat(Sink.seq(), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> services.checkpoints().equals(Map.of("0", 199L)));
    await(again.drainAndShutdown());
    assertThat(ofPartition("0", List.copyOf(batches))).containsExactlyElementsOf(bodies(0, 200));
  }
}
