// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.javadsl.RestartSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestartingControlTest extends FixedPartitionStreams {

  private interface Work {
    CommittableOffset on(CommittableEvent event);
  }

  private final Consumer.RestartingControl restarting = Consumer.createRestartingControl();
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger incarnations = new AtomicInteger();

  @BeforeEach
  void fill() {
    services.sendToEach(100);
  }

  private Consumer.Control attached(Consumer.Control incarnation) {
    Consumer.Control same = restarting.attach(incarnation);
    incarnations.incrementAndGet();
    return same;
  }

  private Consumer.DrainingControl<Done> run(Duration backoff, Work work) {
    return run(settings(), backoff, work);
  }

  private Consumer.DrainingControl<Done> run(
      ConsumerSettings settings, Duration backoff, Work work) {
    return RestartSource.onFailuresWithBackoff(
            RestartSettings.create(backoff, backoff, 0),
            () ->
                Consumer.committableSource(settings, Subscriptions.partitions("0"))
                    .mapMaterializedValue(this::attached)
                    .map(work::on))
        .toMat(Committer.sink(committer()), (notUsed, done) -> restarting.draining(done))
        .run(system());
  }

  private CommittableOffset failingOnceAtFifty(CommittableEvent event) {
    if (body(event).equals("50") && failures.getAndIncrement() == 0) {
      throw new IllegalStateException("fails once");
    }
    processed.add(body(event));
    return event.committableOffset();
  }

  private CommittableOffset failing(CommittableEvent event) {
    failures.incrementAndGet();
    throw new IllegalStateException("always fails at " + body(event));
  }

  @Test
  void drainsTheIncarnationThatFollowedAFailedOne() throws Exception {
    Consumer.DrainingControl<Done> control = run(Duration.ofMillis(50), this::failingOnceAtFifty);
    Awaitility.await().atMost(PATIENCE).until(() -> processed.contains("99"));

    assertThat(restarting.status().partitions()).containsKey("0");
    assertThat(await(control.drainAndShutdown())).isEqualTo(Done.getInstance());
    await(control.isShutdown());

    assertThat(processed).containsAll(bodies(0, 100));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L));
    assertThat(services.eventHubs().receivers()).isEmpty();
  }

  /** The committer stands outside of the restarted part, and does not hear of the failure. */
  @Test
  void aRestartDoesNotWaitForOffsetsThatTheFailedPartHasLost() throws Exception {
    // A drain that waited for them would take five eighths of this.
    ConsumerSettings patient = settings().withHandoverTimeout(PATIENCE.multipliedBy(2));
    Consumer.DrainingControl<Done> control =
        run(patient, Duration.ofMillis(500), this::failingOnceAtFifty);
    Awaitility.await().atMost(PATIENCE).until(() -> failures.get() == 1);
    long failed = System.nanoTime();

    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(PATIENCE)
        .until(() -> processed.contains("50"));

    assertThat(Duration.ofNanos(System.nanoTime() - failed)).isLessThan(Duration.ofSeconds(15));
    Awaitility.await().atMost(PATIENCE).until(() -> processed.contains("99"));
    await(control.drainAndShutdown());
    assertThat(processed).containsAll(bodies(0, 100));
  }

  @Test
  void anIncarnationThatIsAttachedAfterAStopNeverReceives() throws Exception {
    await(restarting.stop());
    await(restarting.isShutdown());

    Consumer.DrainingControl<Done> control = run(Duration.ofMillis(50), this::failingOnceAtFifty);

    await(control.streamCompletion());
    assertThat(processed).isEmpty();
    assertThat(services.eventHubs().connectionCount()).isZero();
  }

  @Test
  void aDrainBeforeTheFirstIncarnationEndsWithTheStream() throws Exception {
    Consumer.DrainingControl<Done> control = run(Duration.ofMillis(50), this::failingOnceAtFifty);

    assertThat(await(control.drainAndShutdown())).isEqualTo(Done.getInstance());
    await(control.isShutdown());
  }

  @Test
  void aShutdownDuringTheBackoffKeepsTheNextIncarnationFromReading() throws Exception {
    Consumer.DrainingControl<Done> control = run(Duration.ofSeconds(10), this::failing);
    Awaitility.await().atMost(PATIENCE).until(() -> failures.get() == 1);

    await(control.shutdown());
    await(control.streamCompletion());
    await(control.isShutdown());

    assertThat(failures).hasValue(1);
    assertThat(services.eventHubs().receivers()).isEmpty();
  }

  /** The partition is read, and nothing but the pause keeps its events. */
  private static boolean isPaused(Consumer.Control control) {
    return Optional.ofNullable(control.status().partitions().get("0"))
        .filter(status -> status.state() == OwnerState.RUNNING)
        .filter(status -> status.waitsFor() == WaitsFor.RESUME)
        .isPresent();
  }

  @Test
  void aPauseHoldsForTheNextIncarnationToo() throws Exception {
    Consumer.DrainingControl<Done> control =
        run(
            Duration.ofMillis(200),
            event -> {
              if (failures.getAndIncrement() == 0) {
                restarting.pause();
                throw new IllegalStateException("fails once");
              }
              processed.add(body(event));
              return event.committableOffset();
            });
    // The receiver may still be that of the first one.
    Awaitility.await().atMost(PATIENCE).until(() -> incarnations.get() == 2 && isPaused(control));
    Awaitility.await()
        .during(Duration.ofMillis(500))
        .atMost(PATIENCE)
        .until(() -> failures.get() == 1);
    control.resume();
    Awaitility.await().atMost(PATIENCE).until(() -> processed.contains("99"));

    await(control.drainAndShutdown());
    assertThat(processed).containsExactlyElementsOf(bodies(0, 100));
  }
}
