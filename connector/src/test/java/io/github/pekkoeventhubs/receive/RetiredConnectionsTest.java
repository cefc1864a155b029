// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.testkit.ConnectedClient;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/** Connections that no longer answer for one partition, while others still receive through them. */
class RetiredConnectionsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String EVENT_HUB = "orders";

  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder().eventHub(EVENT_HUB, 2).start();
  private final EventHubClients clients =
      EventHubClients.open(
          ConsumerSettings.create(
                  ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
              .withConnectionString(emulator.connectionString())
              .withEventHubName(EVENT_HUB)
              .withConnections(1)
              .withMetadataTimeout(Duration.ofSeconds(3)),
          null);

  @AfterEach
  void stop() throws Exception {
    clients.close().toCompletableFuture().get(10, TimeUnit.SECONDS);
    emulator.close();
  }

  private Disposable receive(String partitionId) {
    int attached = emulator.receivers().size();
    Disposable receiver =
        clients
            .receive(partitionId, EventPosition.earliest(), 10)
            .subscribe(event -> {}, closed -> {});
    await().atMost(PATIENCE).until(() -> emulator.receivers().size() > attached);
    return receiver;
  }

  /**
   * After its session was ended, the SDK would go on asking in it for as long as it is connected.
   */
  @Test
  void areNotAskedAgainAfterTwoQuestionsWithoutAnAnswer() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.Consumer");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    Disposable receiver = receive("0");
    emulator.faults().ignoreNextPartitionQuestions(2);
    assertThat(clients.partitionProperties("0")).failsWithin(PATIENCE);
    // The look at the address, which says why there is no answer, may be connected for a moment.
    await().atMost(PATIENCE).until(() -> emulator.connectionCount() == 1);
    assertThat(clients.partitionProperties("0")).failsWithin(PATIENCE);

    assertThat(clients.partitionProperties("0")).succeedsWithin(PATIENCE);
    await().atMost(PATIENCE).until(() -> emulator.connectionCount() == 2);
    assertThat(receiver.isDisposed()).isFalse();
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains("2 questions in a row were not answered"));
    logger.detachAppender(lines);
    receiver.dispose();
  }

  @Test
  void areClosedAtOnceWhenNobodyReceivesThroughThem() throws Exception {
    emulator.faults().ignoreNextPartitionQuestions(2);
    assertThat(clients.partitionProperties("0")).failsWithin(PATIENCE);
    assertThat(clients.partitionProperties("0")).failsWithin(PATIENCE);

    assertThat(clients.partitionIds()).succeedsWithin(PATIENCE);
    await().atMost(PATIENCE).until(() -> emulator.connectionCount() == 1);
  }

  @Test
  void areKeptWhenAnAnswerComesInBetween() throws Exception {
    emulator.faults().ignoreNextPartitionQuestions(1);
    assertThat(clients.partitionProperties("0")).failsWithin(PATIENCE);
    int port = emulator.connections().get(0).port();
    assertThat(clients.partitionIds()).succeedsWithin(PATIENCE);
    emulator.faults().ignoreNextPartitionQuestions(1);
    assertThat(clients.partitionProperties("0")).failsWithin(PATIENCE);

    assertThat(clients.partitionIds()).succeedsWithin(PATIENCE);
    // Looks at the address, which say why there is no answer, may be connected for a moment.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(emulator.connections())
                    .extracting(ConnectedClient::port)
                    .containsExactly(port));
  }

  /** The questions of one partition may show it before another has asked a second time. */
  @Test
  void areSilentForAllWhoStillReceiveThroughThem() {
    Disposable first = receive("0");
    Disposable second = receive("1");
    emulator.faults().ignoreNextPartitionQuestions(2);
    assertThat(clients.partitionProperties("0")).failsWithin(PATIENCE);
    assertThat(clients.hasSilentConnection("0")).isFalse();
    assertThat(clients.partitionProperties("1")).failsWithin(PATIENCE);
    assertThat(clients.hasSilentConnection("0")).isTrue();
    assertThat(clients.hasSilentConnection("1")).isTrue();

    assertThat(clients.partitionProperties("0")).succeedsWithin(PATIENCE);
    Disposable again = receive("0");
    assertThat(clients.hasSilentConnection("0")).isFalse();
    assertThat(clients.hasSilentConnection("1")).isTrue();

    second.dispose();
    clients.leaveConnection("1");
    assertThat(clients.hasSilentConnection("1")).isFalse();
    first.dispose();
    again.dispose();
  }

  @Test
  void areClosedWhenTheLastPartitionHasLeft() {
    Disposable first = receive("0");
    Disposable second = receive("1");
    assertThat(emulator.connectionCount()).isEqualTo(1);

    clients.abandonConnection("0");
    Disposable again = receive("0");
    assertThat(emulator.connectionCount()).isEqualTo(2);
    assertThat(clients.hasSilentConnection("1")).isFalse();

    second.dispose();
    clients.leaveConnection("1");
    await().atMost(PATIENCE).until(() -> emulator.connectionCount() == 1);
    first.dispose();
    again.dispose();
  }

  @Test
  void areClosedAlthoughAPartitionHadReceivedThroughThemAndLeftBefore() {
    Disposable first = receive("0");
    Disposable second = receive("1");
    second.dispose();
    await().atMost(PATIENCE).until(() -> emulator.receivers().size() == 1);
    clients.leaveConnection("1");

    clients.abandonConnection("0");
    clients.receive("0", EventPosition.earliest(), 10).subscribe(event -> {}, closed -> {});

    await().atMost(PATIENCE).until(first::isDisposed);
    await().atMost(PATIENCE).until(() -> emulator.connectionCount() == 1);
  }
}
