// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class UnorderedAcknowledgementTest extends FixedPartitionStreams {

  private static final String GAPS = "pekkogaps";

  private final Queue<String> finished = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Void> stuck = new CompletableFuture<>();

  @Override
  ConsumerSettings settings() {
    return super.settings().withAcknowledgement(Acknowledgement.UNORDERED);
  }

  private interface Work {
    CompletionStage<?> on(CommittableEvent event);
  }

  private Consumer.DrainingControl<Done> run(Work work) {
    return run(settings(), work);
  }

  private Consumer.DrainingControl<Done> run(ConsumerSettings settings, Work work) {
    return Consumer.committableSource(settings, Subscriptions.partitions("0"))
        .mapAsyncUnordered(
            64,
            event ->
                work.on(event)
                    .thenApply(
                        done -> {
                          finished.add(body(event));
                          return event.committableOffset();
                        }))
        .toMat(Committer.<CommittableOffset>sink(committer()), Consumer::createDrainingControl)
        .run(system());
  }

  private static CompletionStage<?> atRandom() {
    Executor later =
        CompletableFuture.delayedExecutor(
            ThreadLocalRandom.current().nextInt(5), TimeUnit.MILLISECONDS);
    return CompletableFuture.runAsync(() -> {}, later);
  }

  private StoredCheckpoint stored() throws Exception {
    return await(store.readCheckpoint(partition("0"))).orElseThrow();
  }

  @Test
  void theCheckpointStaysBelowAnUnfinishedEventAndARestartRepeatsThatOneOnly() throws Exception {
    services.sendToEach(50);
    Consumer.DrainingControl<Done> control =
        run(
            settings().withHandoverTimeout(SHORT_HAND_OVER),
            event -> body(event).equals("5") ? stuck : atRandom());
    Awaitility.await().atMost(PATIENCE).until(() -> finished.size() == 49);
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(stored().sequenceNumber()).hasValue(4);
              assertThat(stored().entries())
                  .hasEntrySatisfying(GAPS, gaps -> assertThat(gaps).startsWith("4 "));
            });
    await(control.shutdown());

    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 4L));
    finished.clear();
    services.sendToEach(10);
    Consumer.DrainingControl<Done> again = run(event -> atRandom());
    Awaitility.await().atMost(PATIENCE).until(() -> finished.size() == 11);
    await(again.drainAndShutdown());

    List<String> expected = new ArrayList<>(List.of("5"));
    expected.addAll(bodies(50, 60));
    assertThat(finished).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 59L));
    assertThat(stored().entries()).doesNotContainKey(GAPS);
  }

  @Test
  void everythingIsCommittedWhateverTheOrderOfAcknowledgements() throws Exception {
    services.sendToEach(2000);
    Consumer.DrainingControl<Done> control = run(event -> atRandom());
    Awaitility.await().atMost(PATIENCE).until(() -> finished.size() == 2000);
    await(control.drainAndShutdown());

    assertThat(finished).doesNotHaveDuplicates();
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 1999L));
  }

  @Test
  void aSkippedEventThatIsFilteredOutLeavesNoGap() throws Exception {
    services.sendToEach(100);
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings(), Subscriptions.partitions("0"))
            .filter(
                event -> {
                  boolean odd = event.sequenceNumber() % 2 == 1;
                  if (!odd) {
                    event.skip();
                  }
                  return odd;
                })
            .map(CommittableEvent::committableOffset)
            .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> services.checkpoints().equals(Map.of("0", 99L)));
    await(control.drainAndShutdown());

    assertThat(stored().entries()).doesNotContainKey(GAPS);
  }

  @Test
  void whatIsStoredBesideTheCheckpointOutlivesARestartWhileItsNumberStands() throws Exception {
    services.sendToEach(1);
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings(), Subscriptions.partitions("0"))
            .map(event -> event.committableOffset().withMetadata(Map.of("trace", "t0")))
            .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> services.checkpoints().equals(Map.of("0", 0L)));
    await(control.drainAndShutdown());
    services.sendToEach(3);

    Consumer.DrainingControl<Done> again =
        run(
            settings().withHandoverTimeout(SHORT_HAND_OVER),
            event -> body(event).equals("1") ? stuck : CompletableFuture.completedFuture(event));
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(stored().entries()).containsKey(GAPS));

    assertThat(stored().sequenceNumber()).hasValue(0);
    assertThat(stored().entries()).containsEntry("trace", "t0");
    await(again.shutdown());
    assertThat(stored().entries()).containsEntry("trace", "t0");
  }
}
