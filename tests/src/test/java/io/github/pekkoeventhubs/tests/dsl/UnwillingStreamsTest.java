// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.RecordingStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever a stream does or does not: each way to stop it ends, and its partitions are released.
 */
class UnwillingStreamsTest {

  private static final int PARTITIONS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration HANDOVER_TIMEOUT = Duration.ofSeconds(2);

  /** Two seconds are promised beside the hand-over timeout; the rest is for a slow machine. */
  private static final Duration BOUND = HANDOVER_TIMEOUT.plusSeconds(2).plusSeconds(10);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ClusterNode node = ClusterNode.first();
  private final CountDownLatch unblocked = new CountDownLatch(1);

  @AfterEach
  void stop() {
    unblocked.countDown();
    node.close();
    services.close();
  }

  private <T> Consumer.DrainingControl<T> run(Sink<CommittableEvent, CompletionStage<T>> sink) {
    services.sendToEach(200);
    return Consumer.committableSource(
            services.consumerSettings(node.system()).withHandoverTimeout(HANDOVER_TIMEOUT),
            Subscriptions.clusterSharded())
        .toMat(sink, Consumer::createDrainingControl)
        .run(node.system());
  }

  private void assertThatEachWayToStopEndsAndThePartitionsAreReleased(
      Consumer.DrainingControl<?> control) {
    List<CompletableFuture<?>> ends =
        Stream.of(control.stop(), control.shutdown(), control.drainAndShutdown())
            .<CompletableFuture<?>>map(
                end -> end.handle((result, error) -> Done.getInstance()).toCompletableFuture())
            .toList();

    assertThat(CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0])))
        .succeedsWithin(BOUND);
    assertThat(control.isShutdown().toCompletableFuture()).succeedsWithin(BOUND);
    assertThat(services.owners()).hasSize(PARTITIONS);
    assertThat(services.owners().values()).containsOnly("");
  }

  private static void awaitRunning(Consumer.Control control) {
    Awaitility.await().atMost(PATIENCE).until(() -> RecordingStream.running(control) == PARTITIONS);
  }

  @Test
  void oneThatNeverAsksForAnEvent() {
    Consumer.DrainingControl<Done> control =
        run(
            TestSink.<CommittableEvent>create(node.system().classicSystem())
                .mapMaterializedValue(probe -> new CompletableFuture<Done>()));
    awaitRunning(control);

    assertThatEachWayToStopEndsAndThePartitionsAreReleased(control);
  }

  @Test
  void oneThatNeverCommits() {
    Consumer.DrainingControl<Done> control = run(Sink.ignore());
    awaitRunning(control);

    assertThatEachWayToStopEndsAndThePartitionsAreReleased(control);
  }

  @Test
  void oneThatFails() {
    Consumer.DrainingControl<Done> control =
        run(
            Sink.foreach(
                event -> {
                  if (event.sequenceNumber() == 200) {
                    throw new IllegalStateException("poison");
                  }
                }));
    awaitRunning(control);
    services.sendToEach(1);
    assertThat(control.streamCompletion().toCompletableFuture()).failsWithin(PATIENCE);

    assertThatEachWayToStopEndsAndThePartitionsAreReleased(control);
  }

  @Test
  void oneThatBlocksTheThreadOfTheSource() {
    CountDownLatch blocked = new CountDownLatch(1);
    Consumer.DrainingControl<Done> control =
        run(
            Sink.foreach(
                event -> {
                  blocked.countDown();
                  unblocked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                }));
    awaitRunning(control);
    Awaitility.await().atMost(PATIENCE).until(() -> blocked.getCount() == 0);

    assertThatEachWayToStopEndsAndThePartitionsAreReleased(control);
  }

  @Test
  void oneWhoseSubSourcesAreNeverRun() {
    services.sendToEach(10);
    Consumer.DrainingControl<Done> control =
        Consumer.committablePartitionedSource(
                services.consumerSettings(node.system()).withHandoverTimeout(HANDOVER_TIMEOUT),
                Subscriptions.clusterSharded())
            .toMat(Sink.ignore(), Keep.both())
            .mapMaterializedValue(Consumer::createDrainingControl)
            .run(node.system());
    awaitRunning(control);

    assertThatEachWayToStopEndsAndThePartitionsAreReleased(control);
  }
}
