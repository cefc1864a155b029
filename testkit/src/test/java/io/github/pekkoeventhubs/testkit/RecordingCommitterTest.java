// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Streams and committers without any service, in virtual time. */
class RecordingCommitterTest {

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          VirtualTime.config()
              .withFallback(ConfigFactory.parseString("pekko.fail-mixed-versions = off"))
              .withFallback(ConfigFactory.load()));
  private static final VirtualTime TIME = VirtualTime.of(KIT.system());
  private static final CommitterSettings SETTINGS =
      CommitterSettings.create(KIT.system())
          .withMaxBatch(100)
          .withMaxInterval(Duration.ofHours(1))
          .withIdleFlushDelay(Duration.ofHours(1));

  private final RecordingCommitter committer = RecordingCommitter.create();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void recordsWhatIsCommittedInItsOrder() {
    Pair<CommittablePublisher, CompletionStage<Done>> stream = run();
    stream.first().send("0", "a", "b");
    stream.first().send("1", "c");
    awaitAcknowledged(3);
    assertThat(committer).hasCommittedNothing();

    TIME.pass(Duration.ofHours(1));

    await().untilAsserted(() -> assertThat(committer).partition("0").hasCommitted(1));
    await().untilAsserted(() -> assertThat(committer).partition("1").hasCommitted(0));
    stream.first().send("0", "d");
    stream.first().complete();
    join(stream.second());
    assertThat(committer).partition("0").hasCommitted(1, 2).hasCheckpoint(2);
    assertThat(committer.commits().get(2).offset()).isEqualTo("offset-2");
    assertThat(committer.committers("0")).isZero();
  }

  @Test
  void storesNothingBeforeTheIntervalIsOver() {
    Pair<CommittablePublisher, CompletionStage<Done>> stream = run();
    stream.first().send("0", "a");
    awaitAcknowledged(1);

    TIME.pass(Duration.ofMinutes(59));
    stream.first().send("0", "b");
    awaitAcknowledged(2);
    assertThat(committer).partition("0").hasNoCheckpoint();

    TIME.pass(Duration.ofMinutes(1));
    await().untilAsserted(() -> assertThat(committer).partition("0").hasCommitted(1));
    stream.first().complete();
    join(stream.second());
  }

  @Test
  void storesThePrefixWithoutGapsWhenAcknowledgedUnordered() {
    RecordingCommitter unordered = RecordingCommitter.create(Acknowledgement.UNORDERED);
    List<CommittableOffset> offsets =
        List.of(unordered.offset("0", 0), unordered.offset("0", 1), unordered.offset("0", 2));

    commit(offsets.get(2));
    assertThat(unordered).partition("0").hasNoCheckpoint();
    commit(offsets.get(0));
    assertThat(unordered).partition("0").hasCommitted(0);
    commit(offsets.get(1));
    assertThat(unordered).partition("0").hasCommitted(0, 2);
  }

  @Test
  void recordsTheMetadataOfACommit() {
    commit(committer.offset("0", 4).withMetadata(Map.of("batch", "7")));

    assertThat(committer.commits())
        .singleElement()
        .satisfies(commit -> assertThat(commit.metadata()).containsEntry("batch", "7"));
  }

  @Test
  void failsTheNextCommits() {
    FaultHandle fault = committer.failNext(1);
    Pair<CommittablePublisher, CompletionStage<Done>> stream = run();
    stream.first().send("0", "a");
    stream.first().complete();

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> join(stream.second()))
        .withCauseInstanceOf(CheckpointWriteException.class);
    assertThat(fault.hits()).isEqualTo(1);
    assertThat(committer).hasCommittedNothing();
  }

  @Test
  void holdsCommitsUntilTheyAreReleased() {
    FaultHandle hold = committer.hold();
    Pair<CommittablePublisher, CompletionStage<Done>> stream = run();
    stream.first().send("0", "a");
    stream.first().complete();
    await().until(() -> hold.hits() == 1);
    assertThat(committer).hasCommittedNothing();

    hold.cancel();

    join(stream.second());
    assertThat(committer).partition("0").hasCommitted(0);
  }

  @Test
  void delaysCommits() {
    try (FaultHandle delay = committer.delay(Duration.ofMillis(30))) {
      long start = System.nanoTime();
      commit(committer.offset("0", 0));

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(25));
      assertThat(delay.hits()).isEqualTo(1);
    }
    assertThat(committer).partition("0").hasCommitted(0);
  }

  @Test
  void dropsCommitsOfAFencedPartitionUntilItIsOwnedAgain() {
    CommittableOffset old = committer.offset("0", 7);
    FaultHandle fence = committer.fence("0");

    assertThat(commit(old)).isEqualTo(CommitOutcome.DROPPED_NOT_OWNER);
    assertThat(fence.hits()).isEqualTo(1);
    fence.cancel();
    assertThat(commit(old)).isEqualTo(CommitOutcome.DROPPED_NOT_OWNER);
    assertThat(commit(committer.offset("0", 8))).isEqualTo(CommitOutcome.COMMITTED);
    assertThat(committer).partition("0").hasCommitted(8);
  }

  @Test
  void storesAtOnceWhileAPartitionIsDrained() {
    Pair<CommittablePublisher, CompletionStage<Done>> stream = run();
    stream.first().send("0", "a");
    awaitAcknowledged(1);

    committer.drain("0");

    await().untilAsserted(() -> assertThat(committer).partition("0").hasCommitted(0));
    assertThat(status(stream.first().control()).state()).isEqualTo(OwnerState.DRAINING);
    stream.first().complete();
    join(stream.second());
  }

  @Test
  void anAttachedControlPausesStopsAndTellsItsStatus() {
    List<CommittableEvent> events =
        List.of(committer.event("0", 0, "a"), committer.event("0", 1, "b"));
    Pair<Consumer.Control, CommittableSubscriber> stream =
        ConsumerControlFactory.attachControl(Source.from(events).concat(Source.maybe()))
            .toMat(CommittableTestSink.create(KIT.system()), Keep.both())
            .run(KIT.system());
    Consumer.Control control = stream.first();

    CommittableEvent first = stream.second().requestEvent();
    assertThat(status(control).inFlight()).isEqualTo(1);
    assertThat(join(stream.second().commit(first))).isEqualTo(CommitOutcome.COMMITTED);
    assertThat(status(control).committed()).hasValue(0);
    assertThat(status(control).inFlight()).isZero();

    control.pause();
    stream.second().expectNoEvent(Duration.ofMillis(50));
    control.resume();
    assertThat(stream.second().probe().expectNext().sequenceNumber()).isEqualTo(1);

    CompletionStage<String> drained =
        control.drainAndShutdown(control.isShutdown().thenApply(done -> "drained"));
    stream.second().expectCompletion();
    assertThat(join(drained)).isEqualTo("drained");
    assertThat(status(control).state()).isEqualTo(OwnerState.RELEASED);
  }

  @Test
  void aControlIsAttachedBesideWhatTheSourceMaterialises() {
    Pair<String, Consumer.Control> both =
        ConsumerControlFactory.attachControlMat(
                Source.<CommittableEvent>maybe().mapMaterializedValue(end -> "value"), Pair::create)
            .to(Sink.ignore())
            .run(KIT.system());

    assertThat(both.first()).isEqualTo("value");
    assertThat(both.second().isShutdown().toCompletableFuture()).isNotDone();
    join(both.second().shutdown());
    assertThat(both.second().isShutdown().toCompletableFuture()).isCompleted();
  }

  @Test
  void aControlOfNothingRunsUntilItIsStopped() {
    Consumer.Control control = ConsumerControlFactory.control();
    assertThat(control.isShutdown().toCompletableFuture()).isNotDone();
    assertThat(control.status().partitions()).isEmpty();

    join(control.shutdown());

    assertThat(control.isShutdown().toCompletableFuture()).isCompleted();
    Pair<Consumer.Control, CompletionStage<Done>> idle =
        ConsumerControlFactory.<String>idleSource()
            .toMat(Sink.ignore(), Keep.both())
            .run(KIT.system());
    join(idle.first().drainAndShutdown(idle.second()));
  }

  private Pair<CommittablePublisher, CompletionStage<Done>> run() {
    return CommittableTestSource.create(KIT.system(), committer)
        .map(CommittableEvent::committableOffset)
        .toMat(Committer.sink(SETTINGS), Keep.both())
        .run(KIT.system());
  }

  private void awaitAcknowledged(int count) {
    await().until(() -> committer.acknowledged().size() == count);
  }

  private static CommitOutcome commit(CommittableOffset offset) {
    offset.acknowledge();
    return join(offset.epoch().flush());
  }

  private static PartitionStatus status(Consumer.Control control) {
    return Objects.requireNonNull(control.status().partitions().get("0"));
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
