// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ManualPositionsTest extends FixedPartitionStreams {

  private final Queue<String> read = new ConcurrentLinkedQueue<>();
  private final Subscription both = Subscriptions.partitions("0", "1");

  @BeforeEach
  void fill() {
    services.sendToEach(100);
  }

  private static CompletionStage<Map<EventHubPartition, EventPosition>> startingAfter(
      Set<EventHubPartition> assigned, long sequenceNumber) {
    return CompletableFuture.completedFuture(
        Map.of(
            assigned.iterator().next(), EventPosition.fromSequenceNumber(sequenceNumber, false)));
  }

  @Test
  void partitionsStartWhereTheUserSaysAndElsewhereAtTheInitialPosition() throws Exception {
    Map<EventHubPartition, EventPosition> positions =
        Map.of(partition("0"), EventPosition.fromSequenceNumber(49, false));
    Consumer.DrainingControl<Done> control =
        Consumer.plainPartitionedManualOffsetSource(
                settings(), both, assigned -> CompletableFuture.supplyAsync(() -> positions))
            .flatMapMerge(
                10,
                pair ->
                    pair.second()
                        .map(
                            event ->
                                pair.first().partitionId()
                                    + "/"
                                    + event.getData().getBodyAsString()))
            .toMat(Sink.foreach(read::add), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> read.size() >= 150);
    await(control.drainAndShutdown());

    assertThat(read.stream().filter(name -> name.startsWith("0/")).map(name -> name.substring(2)))
        .containsExactlyElementsOf(bodies(50, 100));
    assertThat(read.stream().filter(name -> name.startsWith("1/")).map(name -> name.substring(2)))
        .containsExactlyElementsOf(bodies(0, 100));
    assertThat(services.checkpoints()).isEmpty();
  }

  @Test
  void positionsThatCannotBeHadFailTheStream() {
    CompletionStage<Done> failed =
        Consumer.plainPartitionedManualOffsetSource(
                settings(),
                both,
                assigned ->
                    CompletableFuture.failedFuture(new IllegalStateException("database is down")))
            .runWith(Sink.ignore(), system());

    assertThatThrownBy(() -> await(failed))
        .hasCauseInstanceOf(EventHubsException.class)
        .hasRootCauseMessage("database is down")
        .hasMessageContaining("positionsOnAssign");
  }

  @Test
  void theHandOverWaitsForOnRevokeAfterTheLastEvent() throws Exception {
    CompletableFuture<Done> stored = new CompletableFuture<>();
    Queue<Integer> readAtRevoke = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control =
        Consumer.plainPartitionedManualOffsetSource(
                // The time of the hand-over does not end before the test does.
                settings().withHandoverTimeout(PATIENCE.multipliedBy(2)),
                Subscriptions.partitions("0"),
                assigned -> startingAfter(assigned, 9),
                revoked -> {
                  assertThat(revoked).containsExactly(partition("0"));
                  readAtRevoke.add(read.size());
                  return stored;
                })
            .flatMapConcat(Pair::second)
            .map(event -> event.getData().getBodyAsString())
            .toMat(Sink.foreach(read::add), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> read.size() == 90);
    CompletionStage<Done> drained = control.drainAndShutdown();
    Awaitility.await().atMost(PATIENCE).until(() -> readAtRevoke.size() == 1);

    assertThat(readAtRevoke).containsExactly(90);
    assertThat(drained.toCompletableFuture()).isNotDone();
    stored.complete(Done.getInstance());
    await(drained);
  }

  @Test
  void anOnRevokeThatNeverEndsDoesNotHoldTheShutdownBeyondItsBound() throws Exception {
    Consumer.DrainingControl<Done> control =
        Consumer.plainPartitionedManualOffsetSource(
                settings().withHandoverTimeout(SHORT_HAND_OVER),
                Subscriptions.partitions("0"),
                assigned -> startingAfter(assigned, 9),
                revoked -> new CompletableFuture<>())
            .flatMapConcat(Pair::second)
            .map(event -> event.getData().getBodyAsString())
            .toMat(Sink.foreach(read::add), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> read.size() == 90);

    assertThat(await(control.drainAndShutdown())).isEqualTo(Done.getInstance());
  }

  private void commitEverything() throws Exception {
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings(), Subscriptions.partitions("0"))
            .map(
                event -> {
                  read.add(body(event));
                  return event.committableOffset();
                })
            .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> read.size() == 100);
    await(control.drainAndShutdown());
    read.clear();
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L));
  }

  @Test
  void commitsBelowTheCheckpointAreSkippedWithOneWarningUntilItIsPassed() throws Exception {
    commitEverything();
    Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.PartitionOwner");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      Consumer.DrainingControl<Done> control =
          Consumer.committablePartitionedManualOffsetSource(
                  settings(),
                  Subscriptions.partitions("0"),
                  assigned -> startingAfter(assigned, 49))
              .flatMapMerge(10, Pair::second)
              .map(
                  event -> {
                    read.add(body(event));
                    return event.committableOffset();
                  })
              .via(Committer.batchFlow(committer()))
              .toMat(Sink.ignore(), Consumer::createDrainingControl)
              .run(system());
      Awaitility.await().atMost(PATIENCE).until(() -> read.size() == 50);
      services.sendToEach(10);
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> services.checkpoints().equals(Map.of("0", 109L)));
      await(control.drainAndShutdown());

      assertThat(read).containsExactlyElementsOf(bodies(50, 110));
      assertThat(services.blobs().writes())
          .filteredOn(write -> write.blob().contains("checkpoint"))
          .extracting(write -> Long.valueOf(write.metadata().get("sequencenumber")))
          .isSorted();
      assertThat(List.copyOf(log.list))
          .filteredOn(entry -> entry.getFormattedMessage().contains("below its checkpoint"))
          .hasSize(1);
    } finally {
      logger.detachAppender(log);
    }
  }

  @Test
  void aSourceThatEndsIsOfferedAgainAfterTheLastAcknowledgedEventAlsoBelowTheCheckpoint()
      throws Exception {
    commitEverything();
    Subscription fromFifty =
        Subscriptions.partitionsFrom(Map.of("0", EventPosition.fromSequenceNumber(50, true)));
    Queue<String> firsts = new ConcurrentLinkedQueue<>();
    Pair<Consumer.Control, CompletionStage<Done>> stream =
        Consumer.committablePartitionedSource(settings(), fromFifty)
            .mapAsync(
                1,
                pair ->
                    pair.second()
                        .take(10)
                        .map(
                            event -> {
                              firsts.add(body(event));
                              return event.committableOffset();
                            })
                        .runWith(Committer.sink(committer()), system()))
            .toMat(Sink.ignore(), Keep.both())
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> firsts.size() == 50);

    await(stream.first().shutdown());
    assertThat(firsts).containsExactlyElementsOf(bodies(50, 100));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L));
  }

  @Test
  void aPlainSourceThatEndsIsOfferedAgainFromTheFirstUnreadEvent() throws Exception {
    Queue<Set<EventHubPartition>> asked = new ConcurrentLinkedQueue<>();
    Consumer.Control control =
        Consumer.plainPartitionedManualOffsetSource(
                settings(),
                Subscriptions.partitions("0"),
                assigned -> {
                  asked.add(assigned);
                  return startingAfter(assigned, 49);
                })
            .mapAsync(
                1,
                pair ->
                    pair.second()
                        .map(event -> event.getData().getBodyAsString())
                        .take(20)
                        .runWith(Sink.seq(), system()))
            .mapConcat(bodies -> bodies)
            .to(Sink.foreach(read::add))
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> read.size() >= 40);

    await(control.shutdown());
    assertThat(List.copyOf(read).subList(0, 40)).containsExactlyElementsOf(bodies(50, 90));
    assertThat(asked).hasSize(1);
  }
}
