// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.ContinuitySettings.OnMissedEvents;
import io.github.pekkoeventhubs.EventsMissedException;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

/** The retention of the event hub takes events that nobody has read. */
class MissedEventsTest extends ContinuityFixture {

  private final Queue<PartitionLifecycle> notices = new ConcurrentLinkedQueue<>();

  private ActorRef<PartitionLifecycle> listener() {
    return system.systemActorOf(
        Behaviors.receiveMessage(
            notice -> {
              notices.add(notice);
              return Behaviors.same();
            }),
        "listener-" + System.nanoTime(),
        org.apache.pekko.actor.typed.Props.empty());
  }

  private void takeUnread() {
    send(100, SMALL);
    readUpTo(99);
    send(300, SMALL);
    emulator.faults().moveRetention(EVENT_HUB, "0", 300);
  }

  @Test
  void whatRetentionHasTakenWhileNobodyReadIsSaidAndCounted() {
    takeUnread();

    Running stream = run(settings(), Subscriptions.balanced().withPartitionListener(listener()));
    awaitRead(399);

    assertThat(read).containsExactlyElementsOf(numbers(300, 399));
    assertThat(warnings("200 events"))
        .singleElement()
        .asString()
        .contains(PARTITION.toString(), "100", "299", "missed-events");
    assertThat(stream.status().missed()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .until(
            () -> notices.contains(new PartitionLifecycle.EventsMissed(PARTITION, 100, 299, 200)));
  }

  @Test
  void whatRetentionHasTakenFailsTheStreamWhereThatIsWanted() {
    takeUnread();

    Running stream =
        run(
            settings()
                .withContinuity(settings().continuity().withMissedEvents(OnMissedEvents.FAIL)));

    assertThat(stream.failure())
        .isInstanceOf(EventsMissedException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining("99")
        .hasMessageContaining("300")
        .hasMessageContaining("missed-events");
    assertThat(read).isEmpty();
    assertThat(committed()).isEqualTo(99);
  }

  @Test
  void aPartitionOfWhichRetentionHasTakenAllIsNotBehind() {
    send(100, SMALL);
    readUpTo(99);
    send(100, SMALL);
    emulator.faults().moveRetention(EVENT_HUB, "0", 200);

    Running stream = run(settings());

    await().atMost(PATIENCE).until(() -> stream.status().lastEnqueued().isPresent());
    assertThat(stream.status().received()).isEmpty();
    assertThat(stream.status().lag()).hasValue(0);
  }

  private FaultHandle stallAndTake() {
    FaultHandle stall = emulator.faults().stall(EVENT_HUB, "0");
    send(100, SMALL);
    emulator.faults().moveRetention(EVENT_HUB, "0", 50);
    return stall;
  }

  @Test
  void aHoleInMidStreamIsSaidAndCounted() {
    send(10, SMALL);
    Running stream = run(settings());
    awaitRead(9);

    stallAndTake().cancel();

    awaitRead(109);
    assertThat(read).endsWith(50L, numbers(51, 109).toArray(Long[]::new));
    await().atMost(PATIENCE).until(() -> stream.status().missed() == 40);
    await().atMost(PATIENCE).until(() -> warnings("40 events").size() == 1);
    assertThat(warnings("40 events").get(0)).contains(PARTITION.toString(), "10", "49");
  }

  @Test
  void aHoleInMidStreamFailsTheStreamWhereThatIsWanted() {
    send(10, SMALL);
    Running stream =
        run(
            settings()
                .withContinuity(settings().continuity().withMissedEvents(OnMissedEvents.FAIL)));
    awaitRead(9);

    stallAndTake().cancel();

    assertThat(stream.failure())
        .isInstanceOf(EventsMissedException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining("9")
        .hasMessageContaining("50");
    assertThat(read).containsExactlyElementsOf(numbers(0, 9));
  }

  /** The partition may not have them any more: they are lost if the stream does not finish them. */
  @Test
  void aStreamThatIsToFailFinishesTheEventsBeforeTheHole() {
    send(10, SMALL);
    CompletableFuture<Done> gate = new CompletableFuture<>();
    Running stream =
        runHolding(
            settings()
                .withContinuity(settings().continuity().withMissedEvents(OnMissedEvents.FAIL)),
            gate);
    awaitRead(9);

    stallAndTake().cancel();
    await().atMost(PATIENCE).until(() -> !warnings("It finishes 10 events first").isEmpty());
    assertThat(stream.completion().toCompletableFuture()).isNotDone();
    gate.complete(Done.getInstance());

    assertThat(stream.failure())
        .isInstanceOf(EventsMissedException.class)
        .hasMessageContaining("between sequence numbers 9 and 50");
    assertThat(read).containsExactlyElementsOf(numbers(0, 9));
    await().atMost(PATIENCE).until(() -> committed() == 9);
  }

  /** Nothing reaches a full buffer that could end the receiver once more. */
  @Test
  void aStreamThatFinishesNothingFailsAtTheHoleAllTheSame() {
    send(10, SMALL);
    Running stream =
        runHolding(
            settings()
                .withMaxUncommitted(4)
                .withMaxBufferedEvents(8)
                .withHandoverTimeout(Duration.ofSeconds(1))
                .withContinuity(settings().continuity().withMissedEvents(OnMissedEvents.FAIL)),
            new CompletableFuture<>());
    awaitRead(3);

    stallAndTake().cancel();

    assertThat(stream.failure()).isInstanceOf(EventsMissedException.class);
    assertThat(warnings("unless it finishes none for 1s")).hasSize(1);
  }

  @Test
  void holesOfACompactedEventHubAreCountedInSilenceWhereThatIsWanted() {
    send(10, SMALL);
    Running stream =
        run(
            settings()
                .withContinuity(settings().continuity().withMissedEvents(OnMissedEvents.IGNORE)));
    awaitRead(9);

    stallAndTake().cancel();

    awaitRead(109);
    await().atMost(PATIENCE).until(() -> stream.status().missed() == 40);
    assertThat(warnings("40 events")).isEmpty();
  }
}
