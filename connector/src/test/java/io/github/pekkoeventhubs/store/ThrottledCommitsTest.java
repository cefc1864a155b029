// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.commit.CommitterClock;
import io.github.pekkoeventhubs.commit.CommitterStage;
import io.github.pekkoeventhubs.ownership.PartitionSession;
import io.github.pekkoeventhubs.ownership.TestSessions;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A committer on a store that throttles, in virtual time: the attempts of a write become rarer, the
 * next write waits for as long as that one took, and then the rate recovers.
 */
class ThrottledCommitsTest {

  private static final Duration STEP = Duration.ofMillis(100);

  private final ActorTestKit kit =
      ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
  private final ManualTime time = ManualTime.get(kit.system());
  private final AtomicLong clock = new AtomicLong();
  private final List<Long> attemptedAtMillis = new CopyOnWriteArrayList<>();
  private final ScriptedPartitionStore store = new ScriptedPartitionStore();
  private final PartitionSession session =
      TestSessions.session("0", true, Acknowledgement.ORDERED, 10_000, checkpointer()::store);
  private final Pair<TestPublisher.Probe<CommittableOffset>, CompletionStage<Done>> committer =
      committer();
  private long events;

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private PartitionCheckpointer checkpointer() {
    OwnershipClaim claim =
        ((ClaimOutcome.Held)
                new OwnershipProtocol(store)
                    .claim(PARTITION, Optional.empty(), "node")
                    .toCompletableFuture()
                    .join())
            .claim();
    FenceOutcome fenced =
        FencedCheckpoint.fence(
                store,
                claim,
                () -> CompletableFuture.completedStage(StoredCheckpoint.entriesOf(-1, "-1")))
            .toCompletableFuture()
            .join();
    store.beforeEach(
        operation -> {
          if (operation == Operation.REPLACE_CHECKPOINT) {
            attemptedAtMillis.add(Duration.ofNanos(clock.get()).toMillis());
          }
        });
    return new PartitionCheckpointer(
        PARTITION,
        ((FenceOutcome.Fenced) fenced).checkpoint(),
        WriteRetry.during(Duration.ofSeconds(105)),
        kit.system().classicSystem().scheduler(),
        Runnable::run,
        new RecordingWriteListener(),
        clock::get,
        () -> 1.0);
  }

  private Pair<TestPublisher.Probe<CommittableOffset>, CompletionStage<Done>> committer() {
    CommitterClock.of(kit.system()).replace(clock::get);
    CommitterSettings settings =
        CommitterSettings.create(kit.system())
            .withMaxBatch(5)
            .withMaxInterval(Duration.ofSeconds(5))
            .withIdleFlushDelay(Duration.ofSeconds(5));
    return TestSource.<CommittableOffset>create(kit.system())
        .via(new CommitterStage<>(settings))
        .toMat(Sink.ignore(), Keep.both())
        .run(kit.system());
  }

  /** An event every 100 ms. */
  private void eventsArriveFor(Duration duration) {
    for (long step = 0; step < duration.dividedBy(STEP); step++) {
      clock.addAndGet(STEP.toNanos());
      time.timePasses(STEP);
      CommittableOffset offset = new CommittableOffset(session, events, "o" + events);
      session.emitting(offset, clock.get());
      events++;
      committer.first().sendNext(offset);
      // The second comes after what the store has answered while the event was handled.
      settle();
      settle();
    }
  }

  /** The offset of an epoch that is over is dropped, which is seen when the epoch is asked. */
  private void settle() {
    ControllableEpoch barrier = new ControllableEpoch("barrier", 1, Acknowledgement.ORDERED);
    barrier.end();
    committer.first().sendNext(barrier.offset(0));
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(barrier::wasAskedWhetherItIsOver);
  }

  @Test
  void writesBecomeRareWhileTheStoreThrottlesAndRecoverAfterwards() {
    eventsArriveFor(Duration.ofSeconds(2));
    assertThat(attemptedAtMillis).containsExactly(500L, 1000L, 1500L, 2000L);

    for (int i = 0; i < 5; i++) {
      store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
    }
    attemptedAtMillis.clear();
    eventsArriveFor(Duration.ofSeconds(6));
    assertThat(attemptedAtMillis)
        .as("one write, whose last attempt succeeds after 3.1 s, and a pause")
        .containsExactly(2500L, 2600L, 2800L, 3200L, 4000L, 5600L);

    attemptedAtMillis.clear();
    eventsArriveFor(Duration.ofSeconds(3));
    assertThat(attemptedAtMillis.get(0)).as("after a pause of 3.1 s").isEqualTo(8700L);
    for (int write = 1; write < attemptedAtMillis.size(); write++) {
      assertThat(attemptedAtMillis.get(write) - attemptedAtMillis.get(write - 1))
          .isBetween(400L, 500L);
    }
    assertThat(attemptedAtMillis).hasSizeGreaterThanOrEqualTo(5);

    committer.first().sendComplete();
    assertThat(committer.second().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(events - 1);
  }
}
