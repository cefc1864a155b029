// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.javadsl.Committer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The bound of {@code max-uncommitted}, which is 100 in the configuration. */
class CommittableTestSourceTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  "pekko.fail-mixed-versions = off\n"
                      + "pekko.eventhubs.consumer.max-uncommitted = 100")
              .withFallback(ConfigFactory.load()));

  private final RecordingCommitter committer = RecordingCommitter.create();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  private static CommitterSettings settings() {
    return CommitterSettings.create(KIT.system()).withMaxInterval(Duration.ofMillis(20));
  }

  private static String[] bodies(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toArray(String[]::new);
  }

  private static boolean isWanted(CommittableEvent event) {
    return event.event().getBodyAsString().equals("200");
  }

  private static CommittablePublisher run(
      RecordingCommitter committer, Flow<CommittableEvent, CommittableOffset, NotUsed> flow) {
    return CommittableTestSource.create(KIT.system(), committer)
        .via(flow)
        .to(Committer.sink(settings()))
        .run(KIT.system());
  }

  private static Flow<CommittableEvent, CommittableOffset, NotUsed> offsets() {
    return Flow.<CommittableEvent>create().map(CommittableEvent::committableOffset);
  }

  @Test
  void aStreamThatDropsEventsWithoutAcknowledgingThemStopsAtTheBound() {
    CommittablePublisher publisher =
        run(
            committer,
            Flow.<CommittableEvent>create()
                .filter(CommittableTestSourceTest::isWanted)
                .via(offsets()));

    assertThatThrownBy(() -> publisher.send("0", bodies(201)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("partition 0: 100 events are with the stream and not acknowledged")
        .hasMessageContaining("no event 100 of it")
        .hasMessageContaining("skip()");
    publisher.send("1", "another partition");
    publisher.complete();
    assertThat(committer.committed("0")).isEmpty();
  }

  @Test
  void aStreamThatAcknowledgesEachEventPassesTheBound() {
    CommittablePublisher publisher = run(committer, offsets());

    publisher.send("0", bodies(500));
    await().atMost(PATIENCE).until(() -> committer.committed("0").orElse(-1) == 499);
    publisher.complete();
  }

  @Test
  void aStreamThatSaysWhichEventsItDropsPassesTheBound() {
    CommittablePublisher publisher =
        run(
            committer,
            Flow.<CommittableEvent>create()
                .via(Committer.filter(CommittableTestSourceTest::isWanted))
                .via(offsets()));

    publisher.send("0", bodies(201));
    await().atMost(PATIENCE).until(() -> committer.committed("0").orElse(-1) == 200);
    publisher.complete();
  }

  @Test
  void eventsBeyondAGapCountWhereTheOrderIsFree() {
    RecordingCommitter unordered = RecordingCommitter.create(Acknowledgement.UNORDERED);
    CommittablePublisher publisher =
        run(
            unordered,
            Flow.<CommittableEvent>create()
                .filter(event -> !event.event().getBodyAsString().equals("0"))
                .via(offsets()));

    assertThatThrownBy(() -> publisher.send("0", bodies(101)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no event 100 of it");
    publisher.complete();
  }

  @Test
  void anEventWaitsUntilTheStreamHasAcknowledgedAnother() {
    CompletableFuture<Done> mayFinish = new CompletableFuture<>();
    AtomicInteger begun = new AtomicInteger();
    CommittablePublisher publisher =
        CommittableTestSource.create(
                KIT.system(),
                committer,
                ConsumerSettings.create(KIT.system()).withMaxUncommitted(2))
            .mapAsync(
                10,
                event -> {
                  begun.incrementAndGet();
                  return mayFinish.thenApply(done -> event.committableOffset());
                })
            .to(Committer.sink(settings()))
            .run(KIT.system());

    CompletableFuture<?> sent = CompletableFuture.runAsync(() -> publisher.send("0", bodies(3)));
    await().atMost(PATIENCE).until(() -> begun.get() == 2);
    assertThat(sent).isNotDone();
    mayFinish.complete(Done.getInstance());

    assertThat(sent).succeedsWithin(PATIENCE);
    await().atMost(PATIENCE).until(() -> committer.committed("0").orElse(-1) == 2);
    publisher.complete();
  }
}
