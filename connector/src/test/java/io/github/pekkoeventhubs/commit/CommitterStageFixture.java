// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.StreamTestKit;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The stage between two probes, with virtual time and stores that answer when they are told to. */
abstract class CommitterStageFixture {

  // Set before the first test of each class, and never used before.
  @SuppressWarnings("NullAway.Init")
  private static ActorTestKit kit;

  @SuppressWarnings("NullAway.Init")
  private static ManualTime time;

  static final Duration INTERVAL = Duration.ofSeconds(5);
  static final Duration IDLE = Duration.ofSeconds(1);
  static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(3);

  /** Without idle flush, so that it does not mix into the other triggers. */
  static final CommitterSettings SETTINGS =
      CommitterSettings.create(
              ConfigFactory.defaultReference().getConfig(CommitterSettings.CONFIG_PATH))
          .withMaxBatch(3)
          .withMaxInterval(INTERVAL)
          .withIdleFlushDelay(INTERVAL)
          .withMaxUnwritten(6)
          .withFlushTimeout(FLUSH_TIMEOUT);

  final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  final List<ControllableEpoch> epochs = new ArrayList<>();
  final ControllableEpoch zero = epoch("0", 1);
  final ControllableEpoch one = epoch("1", 1);

  // Each test sets both by its first call, which is run.
  @SuppressWarnings("NullAway.Init")
  TestPublisher.Probe<Committable> upstream;

  @SuppressWarnings("NullAway.Init")
  TestSubscriber.Probe<CommittableOffsetBatch> downstream;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
    time = ManualTime.get(kit.system());
  }

  @AfterAll
  static void shutDown() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void everythingStops() {
    epochs.forEach(ControllableEpoch::answerEverything);
    downstream.cancel();
    StreamTestKit.assertAllStagesStopped(kit.system());
    assertThat(epochs).allMatch(epoch -> epoch.committers() == 0);
    assertThat(epochs).allMatch(epoch -> epoch.mostFlushesAtOnce() <= 1);
  }

  final ControllableEpoch epoch(String partition, long number) {
    ControllableEpoch epoch = new ControllableEpoch(partition, number, Acknowledgement.ORDERED);
    epochs.add(epoch);
    return epoch;
  }

  final void run(CommitterSettings settings) {
    run(settings, clock::get);
  }

  final void run(CommitterSettings settings, LongSupplier nanoTime) {
    Pair<TestPublisher.Probe<Committable>, TestSubscriber.Probe<CommittableOffsetBatch>> probes =
        TestSource.<Committable>create(kit.system())
            .via(new CommitterStage<>(settings, nanoTime))
            .toMat(TestSink.create(kit.system()), Keep.both())
            .withAttributes(Attributes.inputBuffer(1, 1))
            .run(kit.system());
    upstream = probes.first();
    downstream = probes.second();
    downstream.ensureSubscription();
  }

  final void send(Committable... committables) {
    for (Committable committable : committables) {
      upstream.sendNext(committable);
    }
  }

  final void send(ControllableEpoch epoch, long... sequenceNumbers) {
    LongStream.of(sequenceNumbers).forEach(number -> send(epoch.offset(number)));
  }

  /** Returns when the stage has handled everything that was sent and every timer that is due. */
  final void settle() {
    send(barrier());
    awaitBarriers();
  }

  final List<ControllableEpoch> barriers = new ArrayList<>();

  /** The offset of an epoch that is over is dropped, which is seen when the epoch is asked. */
  final CommittableOffset barrier() {
    ControllableEpoch barrier = new ControllableEpoch("barrier", 1, Acknowledgement.ORDERED);
    barrier.end();
    barriers.add(barrier);
    return barrier.offset(0);
  }

  final void awaitBarriers() {
    eventually()
        .until(() -> barriers.stream().allMatch(ControllableEpoch::wasAskedWhetherItIsOver));
  }

  static ConditionFactory eventually() {
    return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
  }

  final void pass(Duration duration) {
    clock.addAndGet(duration.toNanos());
    time.timePasses(duration);
  }

  static void awaitFlushes(ControllableEpoch epoch, int count) {
    eventually().until(() -> epoch.flushes().size() >= count);
    assertThat(epoch.flushes()).hasSize(count);
  }

  static List<String> contents(CommittableOffsetBatch batch) {
    return batch.offsets().stream()
        .map(o -> o.partition().partitionId() + ":" + o.sequenceNumber())
        .sorted()
        .toList();
  }
}
