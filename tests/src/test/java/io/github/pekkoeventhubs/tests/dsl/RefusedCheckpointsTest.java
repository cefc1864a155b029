// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.Done;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A store that takes everything but checkpoints. */
class RefusedCheckpointsTest extends FixedPartitionStreams {

  private static final String BLOB = "localhost/orders/billing/checkpoint/0";

  private final Logger logger =
      (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.PartitionOwner");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  private void refuseCheckpoints() {
    services
        .blobs()
        .faults()
        .always()
        .of(BlobOperation.SET_METADATA)
        .onBlobs(name -> name.contains("checkpoint"))
        .answer(503, "ServerBusy");
  }

  private Consumer.DrainingControl<Done> run(ConsumerSettings settings) {
    return Consumer.committableSource(settings, Subscriptions.partitions("0"))
        .map(CommittableEvent::committableOffset)
        .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
        .run(system());
  }

  private List<String> lines(Level level) {
    return List.copyOf(log.list).stream()
        .filter(line -> line.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains("checkpoint"))
        .toList();
  }

  private static Optional<String> lastError(Consumer.Control control) {
    return Optional.ofNullable(control.status().partitions().get("0"))
        .flatMap(ConsumerStatus.PartitionStatus::lastError);
  }

  @Test
  void areSaidOnceInTheLogAndInTheStatusUntilTheStoreTakesThemAgain() throws Exception {
    refuseCheckpoints();
    services.sendToEach(10);
    Consumer.DrainingControl<Done> control = run(settings());

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(lastError(control)).get().asString().contains(BLOB));
    Awaitility.await().atMost(PATIENCE).until(() -> !lines(Level.WARN).isEmpty());
    services.blobs().faults().clear();
    Awaitility.await().atMost(PATIENCE).until(() -> committed("0") == 9);
    Awaitility.await().atMost(PATIENCE).until(() -> lastError(control).isEmpty());

    assertThat(lines(Level.WARN))
        .singleElement()
        .asString()
        .contains("no checkpoint could be written", "ownership.validity", BLOB);
    assertThat(lines(Level.INFO)).anyMatch(line -> line.contains("are written again"));
    await(control.drainAndShutdown());
  }

  @Test
  void failTheStreamWhenTheyWereTriedForAsLongAsAClaimIsValid() {
    refuseCheckpoints();
    services.sendToEach(10);
    OwnershipSettings defaults = settings().ownership();
    Consumer.DrainingControl<Done> control =
        run(
            settings()
                .withOwnership(
                    new OwnershipSettings(
                        Duration.ofSeconds(1),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        defaults.claimRetryInterval(),
                        defaults.lossMinHold(),
                        defaults.lossMaxHold())));

    assertThatThrownBy(() -> await(control.streamCompletion()))
        .hasCauseInstanceOf(CheckpointWriteException.class)
        .hasMessageContaining(BLOB);
  }
}
