// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

/** One partition in an emulator, a store, and a stream that reads and commits. */
abstract class ContinuityFixture {

  static final String EVENT_HUB = "orders";
  static final EventHubPartition PARTITION =
      new EventHubPartition("localhost", EVENT_HUB, "billing", "0");

  /** With bodies of this size, offsets grow beyond those of many events with small bodies. */
  static final int LARGE = 2000;

  static final int SMALL = 10;

  static final Duration PATIENCE = Duration.ofSeconds(60);

  static ActorSystem<Void> system;

  final EventHubsEmulator emulator =
      EventHubsEmulator.builder().eventHub(EVENT_HUB, 1).consumerGroup("billing").start();
  final BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start();
  final PartitionStore store =
      BlobPartitionStore.create(
          new BlobServiceClientBuilder()
              .connectionString(blobs.connectionString())
              .httpClient(BlobPartitionStore.httpClient())
              .buildAsyncClient()
              .getBlobContainerAsyncClient("checkpoints"),
          // Nobody repeats the requests of the tests themselves.
          PATIENCE);

  /** The sequence numbers of the events that were emitted. */
  final Queue<Long> read = new ConcurrentLinkedQueue<>();

  private final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();
  private final List<Running> running = new ArrayList<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs");
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          lines.add(line);
        }
      };

  /** A stream, and its end. */
  record Running(Consumer.Control control, CompletionStage<Done> completion) {

    Throwable failure() {
      Throwable error =
          catchThrowable(
              () -> completion.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      assertThat(error).isInstanceOf(ExecutionException.class);
      return Objects.requireNonNull(error.getCause());
    }

    void awaitFailed() {
      assertThat(completion.toCompletableFuture()).failsWithin(PATIENCE);
    }

    PartitionStatus status() {
      await().atMost(PATIENCE).until(() -> control.status().partitions().containsKey("0"));
      return Objects.requireNonNull(control.status().partitions().get("0"));
    }

    void drain() {
      assertThat(control.drainAndShutdown(completion).toCompletableFuture())
          .succeedsWithin(PATIENCE);
    }
  }

  @BeforeAll
  static void startSystem() {
    system = ActorSystem.create(Behaviors.empty(), "ContinuityTest");
  }

  @AfterAll
  static void stopSystem() {
    system.terminate();
  }

  @BeforeEach
  void listenToTheLog() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void close() {
    running.forEach(
        stream ->
            assertThat(stream.control().shutdown().toCompletableFuture()).succeedsWithin(PATIENCE));
    logger.detachAppender(appender);
    emulator.close();
    blobs.close();
  }

  static ConsumerSettings defaults() {
    return ConsumerSettings.create(
        ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH));
  }

  ConsumerSettings settings() {
    return defaults()
        .withConnectionString(emulator.connectionString())
        .withEventHubName(EVENT_HUB)
        .withConsumerGroup("billing")
        .withPartitionStore(store)
        .withInitialPosition(EventPosition.earliest())
        .withReconnectBackoff(Duration.ofMillis(300), Duration.ofMillis(500))
        .withStallCheck(Duration.ofMillis(300))
        .withPartitionRefreshInterval(Duration.ofMillis(300))
        .withBalanced(
            new BalancedSettings(
                Duration.ofMillis(300),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30)));
  }

  Running run(ConsumerSettings settings) {
    return run(settings, Subscriptions.balanced());
  }

  /** Reads and commits. */
  Running run(ConsumerSettings settings, Subscription subscription) {
    Running stream =
        Consumer.committableSource(settings, subscription)
            .map(
                event -> {
                  read.add(event.sequenceNumber());
                  return event.committableOffset();
                })
            .toMat(
                Committer.sink(
                    CommitterSettings.create(system).withMaxInterval(Duration.ofMillis(200))),
                Running::new)
            .run(systemOfStreams());
    return willBeStopped(stream);
  }

  /** Reads, and finishes no event before this is done. */
  Running runHolding(ConsumerSettings settings, CompletionStage<Done> gate) {
    Running stream =
        Consumer.committableSource(settings, Subscriptions.balanced())
            .mapAsync(
                100,
                event -> {
                  read.add(event.sequenceNumber());
                  return gate.thenApply(done -> event.committableOffset());
                })
            .toMat(Committer.sink(CommitterSettings.create(system)), Running::new)
            .run(systemOfStreams());
    return willBeStopped(stream);
  }

  /** The actor system that streams run in. */
  ActorSystem<Void> systemOfStreams() {
    return system;
  }

  /** Stops the stream at the end of the test. */
  Running willBeStopped(Running stream) {
    running.add(stream);
    return stream;
  }

  /** Reads all events up to this number, commits them and stops. */
  void readUpTo(long sequenceNumber) {
    Running stream = run(settings());
    awaitRead(sequenceNumber);
    stream.drain();
    assertThat(committed()).isEqualTo(sequenceNumber);
    read.clear();
  }

  void awaitRead(long sequenceNumber) {
    await().atMost(PATIENCE).until(() -> read.contains(sequenceNumber));
  }

  static List<Long> numbers(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  void send(int events, int bodyBytes) {
    for (int i = 0; i < events; i++) {
      emulator.send(EVENT_HUB, "0", new EventData(new byte[bodyBytes]));
    }
  }

  /** The same settings, with which events that cannot be decoded are left out. */
  ConsumerSettings skipping() {
    return settings()
        .withContinuity(settings().continuity().withUndecodableEvents(OnUndecodableEvents.SKIP));
  }

  /** An event whose footer has a key of a type that the SDK does not expect. */
  void sendUndecodable() {
    EventData event = new EventData("poison");
    event.getRawAmqpMessage().getFooter().put("checksum", 42);
    emulator.send(EVENT_HUB, "0", event);
  }

  String offset(int event) {
    return emulator.events(EVENT_HUB, "0").get(event).offset();
  }

  Map<String, String> checkpoint() {
    return store
        .readCheckpoint(PARTITION)
        .toCompletableFuture()
        .join()
        .map(StoredCheckpoint::entries)
        .orElse(Map.of());
  }

  long committed() {
    return Long.parseLong(checkpoint().get(StoredCheckpoint.SEQUENCE_NUMBER));
  }

  void storeCheckpoint(Map<String, String> entries) {
    assertThat(store.createCheckpoint(PARTITION, entries).toCompletableFuture())
        .succeedsWithin(PATIENCE);
  }

  List<String> warnings(String text) {
    return lines.stream()
        .filter(line -> line.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains(text))
        .toList();
  }
}
