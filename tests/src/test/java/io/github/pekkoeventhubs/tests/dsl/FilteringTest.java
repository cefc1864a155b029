// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Streams that drop events, on a partition of the embedded service. */
class FilteringTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int UNINTERESTING = 10_500;

  private final EmbeddedServices services = new EmbeddedServices(1);
  private final ActorTestKit kit = ActorTestKit.create();
  private final Queue<Long> processed = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    services.close();
  }

  private ConsumerSettings settings() {
    return services.consumerSettings(kit.system()).withStallCheck(Duration.ofMillis(300));
  }

  private static PartitionStatus status(Consumer.Control control) {
    return Objects.requireNonNull(control.status().partitions().get("0"));
  }

  @Test
  void moreEventsThanMayBeUnacknowledgedAreFilteredOutInARow() throws Exception {
    services.sendToEach(UNINTERESTING + 1);
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings(), Subscriptions.partitions("0"))
            .via(Committer.filter(event -> event.sequenceNumber() == UNINTERESTING))
            .map(
                event -> {
                  processed.add(event.sequenceNumber());
                  return event.committableOffset();
                })
            .toMat(
                Committer.sink(CommitterSettings.create(kit.system())),
                Consumer::createDrainingControl)
            .run(kit.system());

    await().atMost(PATIENCE).until(() -> !processed.isEmpty());

    assertThat(processed).containsExactly((long) UNINTERESTING);
    control.drainAndShutdown().toCompletableFuture().join();
  }

  @Test
  void theCheckpointPassesEventsOfWhichNoneIsOfInterest() throws Exception {
    services.sendToEach(100);
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings(), Subscriptions.partitions("0"))
            .via(Committer.filter(event -> false))
            .map(CommittableEvent::committableOffset)
            .toMat(
                Committer.sink(CommitterSettings.create(kit.system())),
                Consumer::createDrainingControl)
            .run(kit.system());

    await().atMost(PATIENCE).until(() -> control.status().partitions().containsKey("0"));
    await().atMost(PATIENCE).until(() -> status(control).committed().orElse(-1) == 99);

    assertThat(status(control).lag()).hasValue(0);
    assertThat(status(control).acknowledgements().skipped()).isEqualTo(100);
    control.drainAndShutdown().toCompletableFuture().join();
  }

  @Test
  void aPartitionThatStandsAtTheBoundIsWarnedAboutOnceWithTheCure() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.PartitionOwner");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      services.sendToEach(20);
      Consumer.Control control =
          Consumer.committableSource(
                  settings().withMaxUncommitted(10), Subscriptions.partitions("0"))
              .filter(event -> event.sequenceNumber() == 15)
              .map(CommittableEvent::committableOffset)
              .toMat(Committer.sink(CommitterSettings.create(kit.system())), Keep.left())
              .run(kit.system());

      await().atMost(PATIENCE).until(() -> !warnings(log).isEmpty());

      assertThat(status(control).inFlight()).isEqualTo(10);
      // Several more checks.
      await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> warnings(log).size() == 1);
      assertThat(warnings(log))
          .singleElement()
          .asString()
          .contains("orders/billing/0] stands still: 10 events", "max-uncommitted", "skip()");
      control.shutdown().toCompletableFuture().join();
    } finally {
      logger.detachAppender(log);
    }
  }

  private static List<String> warnings(ListAppender<ILoggingEvent> log) {
    return List.copyOf(log.list).stream()
        .filter(line -> line.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.contains("stands still"))
        .toList();
  }

  @Test
  void aCommitterThatWaitsForTheNextEventIsRefusedWhereOnlyOneMayBeUnacknowledged() {
    services.sendToEach(2);
    CompletableFuture<Done> end =
        Consumer.committableSource(settings().withMaxUncommitted(1), Subscriptions.partitions("0"))
            .map(CommittableEvent::committableOffset)
            .runWith(
                Committer.sink(
                    CommitterSettings.create(kit.system())
                        .withWhen(CommitWhen.NEXT_OFFSET_OBSERVED)),
                kit.system())
            .toCompletableFuture();

    assertThatThrownBy(end::join)
        .hasCauseInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("max-uncommitted = 1")
        .hasMessageContaining("when = next-offset-observed")
        .hasMessageContaining("set max-uncommitted to 2");
  }

  @Test
  void batchesAboveTheBoundAreRefusedWhenTheSourceIsBuilt() {
    assertThatThrownBy(
            () ->
                Consumer.processBatches(
                        settings().withMaxUncommitted(100),
                        Subscriptions.partitions("0"),
                        101,
                        Duration.ofMillis(10),
                        events -> CompletableFuture.completedStage(Done.getInstance()))
                    .to(Sink.ignore()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("maxBatch = 101")
        .hasMessageContaining("max-uncommitted = 100")
        .hasMessageContaining("lower maxBatch");
  }
}
