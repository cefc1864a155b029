// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.ThrottleMode;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AtMostOnceTest extends FixedPartitionStreams {

  private static final int AHEAD = 20;

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void fill() {
    services.sendToEach(300);
  }

  @Override
  ConsumerSettings settings() {
    return super.settings().withMaxCommittedAhead(AHEAD);
  }

  private static String name(PartitionEvent event) {
    return event.getPartitionContext().getPartitionId() + "/" + event.getData().getBodyAsString();
  }

  @Test
  void everyEventIsCommittedBeforeItIsEmittedAndAtMostSoManyAhead() throws Exception {
    List<String> broken = new ArrayList<>();
    Consumer.DrainingControl<Done> control =
        Consumer.atMostOnceSource(settings(), Subscriptions.partitions("0", "1"))
            .map(
                event -> {
                  long number = event.getData().getSequenceNumber();
                  long committed = committed(event.getPartitionContext().getPartitionId());
                  if (committed < number) {
                    broken.add(name(event) + " with the checkpoint at " + committed);
                  }
                  return name(event);
                })
            .toMat(Sink.foreach(seen::add), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> seen.size() == 600);
    await(control.drainAndShutdown());

    assertThat(broken).isEmpty();
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 299L, "1", 299L));
  }

  @Test
  void aStreamThatStopsHasNoMoreThanSoManyCommittedBeyondWhatItHasSeen() throws Exception {
    AtomicLong emitted = new AtomicLong();
    Pair<Consumer.Control, SinkQueueWithCancel<PartitionEvent>> stream =
        Consumer.atMostOnceSource(
                settings().withHandoverTimeout(SHORT_HAND_OVER), Subscriptions.partitions("0"))
            .map(
                event -> {
                  emitted.incrementAndGet();
                  return event;
                })
            .toMat(Sink.<PartitionEvent>queue(1), Keep.both())
            .run(system());
    for (int pulled = 0; pulled < AHEAD + 2; pulled++) {
      await(stream.second().pull());
      Awaitility.await()
          .pollInterval(Duration.ofMillis(5))
          .during(Duration.ofMillis(50))
          .atMost(PATIENCE)
          .until(() -> committed("0") < emitted.get() + AHEAD);
    }
    stream.second().cancel();
    await(stream.first().isShutdown());
  }

  @Test
  void aDrainInTheMiddleLosesAndRepeatsNothing() throws Exception {
    for (int run = 1; run <= 3; run++) {
      int enough = run * 120;
      Consumer.DrainingControl<Done> control =
          Consumer.atMostOnceSource(settings(), Subscriptions.partitions("0", "1"))
              .throttle(400, Duration.ofSeconds(1), 20, ThrottleMode.shaping())
              .map(AtMostOnceTest::name)
              .toMat(Sink.foreach(seen::add), Consumer::createDrainingControl)
              .run(system());
      Awaitility.await().atMost(PATIENCE).until(() -> seen.size() >= enough);
      await(control.drainAndShutdown());
    }
    assertThat(seen).doesNotHaveDuplicates();
    for (String id : List.of("0", "1")) {
      long committed = committed(id);
      assertThat(
              seen.stream()
                  .filter(name -> name.startsWith(id + "/"))
                  .map(name -> name.substring(2)))
          .containsExactlyElementsOf(bodies(0, committed + 1));
    }
  }

  @Test
  void anEventThatFailedIsNotSeenAgain() throws Exception {
    Pair<Consumer.Control, CompletionStage<Done>> failing =
        Consumer.atMostOnceSource(settings(), Subscriptions.partitions("0"))
            .map(
                event -> {
                  if (event.getData().getSequenceNumber() == 100) {
                    throw new IllegalStateException("poison");
                  }
                  return name(event);
                })
            .toMat(Sink.foreach(seen::add), Keep.both())
            .run(system());
    assertThatThrownBy(() -> await(failing.second())).hasMessageContaining("poison");
    await(failing.first().isShutdown());
    long committed = committed("0");
    assertThat(committed).isGreaterThanOrEqualTo(100);

    Consumer.DrainingControl<Done> control =
        Consumer.atMostOnceSource(settings(), Subscriptions.partitions("0"))
            .map(AtMostOnceTest::name)
            .toMat(Sink.foreach(seen::add), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> seen.contains("0/299"));
    await(control.drainAndShutdown());

    assertThat(seen).doesNotHaveDuplicates().doesNotContain("0/100");
    // Only the event in work, and events committed ahead when the stream failed, may be missing.
    assertThat(seen).hasSizeGreaterThanOrEqualTo(300 - 1 - AHEAD);
  }

  @Test
  void aCommitThatFailsForGoodFailsTheStreamBeforeItsEventsAreEmitted() {
    services
        .blobs()
        .faults()
        .always()
        .of(BlobOperation.SET_METADATA)
        .onBlobs(name -> name.contains("checkpoint"))
        .answer(403, "AuthorizationFailure");
    CompletionStage<Done> failed =
        Consumer.atMostOnceSource(settings(), Subscriptions.partitions("0"))
            .map(AtMostOnceTest::name)
            .toMat(Sink.foreach(seen::add), Keep.right())
            .addAttributes(
                ActorAttributes.withSupervisionStrategy(Supervision.getResumingDecider()))
            .run(system());

    assertThatThrownBy(() -> await(failed)).hasCauseInstanceOf(CheckpointWriteException.class);
    assertThat(seen).isEmpty();
  }
}
