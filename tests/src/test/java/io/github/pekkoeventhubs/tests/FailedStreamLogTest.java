// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A stream that fails says so in the log once, and names what it reads. */
class FailedStreamLogTest {

  private static ActorSystem<Void> system;

  private final Queue<ILoggingEvent> errors = new ConcurrentLinkedQueue<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs");
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getLevel() == Level.ERROR) {
            errors.add(line);
          }
        }
      };

  private EmbeddedServices services;
  private ConsumerSettings settings;

  @BeforeAll
  static void startSystem() {
    system = ActorSystem.create(Behaviors.empty(), "FailedStreamLogTest");
  }

  @AfterAll
  static void stopSystem() {
    system.terminate();
  }

  @BeforeEach
  void start() {
    services = new EmbeddedServices(2);
    settings = services.consumerSettings(system);
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(appender);
    services.close();
  }

  private ILoggingEvent theOnlyError() {
    assertThat(errors).extracting(ILoggingEvent::getFormattedMessage).hasSize(1);
    return errors.element();
  }

  private static Throwable failureOf(CompletionStage<?> stage) {
    Throwable error = catchThrowable(() -> stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
    assertThat(error).isInstanceOf(ExecutionException.class);
    return error.getCause();
  }

  /** Reads and commits, and returns the failure when both the source and the sink have ended. */
  private Throwable failureOf(
      ConsumerSettings of,
      Subscription subscription,
      Function<CommittableEvent, CommittableOffset> work) {
    var running =
        Consumer.committableSource(of, subscription)
            .map(work::apply)
            .toMat(Committer.sink(CommitterSettings.create(system)), Keep.both())
            .run(system);
    Throwable failure = failureOf(running.second());
    assertThat(running.first().isShutdown().toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(30));
    return failure;
  }

  private static Stream<Subscription> subscriptions() {
    return Stream.of(Subscriptions.balanced(), Subscriptions.partitions("0"));
  }

  @ParameterizedTest
  @MethodSource("subscriptions")
  void aWrongEventHub(Subscription subscription) {
    Throwable failure =
        failureOf(
            settings.withEventHubName("ordres"), subscription, CommittableEvent::committableOffset);

    assertThat(theOnlyError().getFormattedMessage())
        .startsWith("[consumer-")
        .endsWith("localhost/ordres/billing: the stream has failed: " + failure.getMessage());
    assertThat(theOnlyError().getThrowableProxy()).isNull();
  }

  @Test
  void aWrongKey() {
    try (EventHubsEmulator strict =
        EventHubsEmulator.builder()
            .eventHub(EmbeddedServices.EVENT_HUB, 2)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .sasKey("listen", "cmlnaHQ=")
            .verifySas(true)
            .start()) {
      String wrong =
          strict.connectionString().replaceAll("SharedAccessKey=[^;]+", "SharedAccessKey=d3Jvbmc=");

      failureOf(
          settings.withConnectionString(wrong),
          Subscriptions.balanced(),
          CommittableEvent::committableOffset);
    }

    assertThat(theOnlyError().getFormattedMessage())
        .contains("localhost/orders/billing: the stream has failed: the namespace")
        .contains("refused the credentials");
    assertThat(theOnlyError().getThrowableProxy()).isNull();
  }

  @Test
  void aMissingContainer() {
    failureOf(
        settings.withPartitionStore(BlobPartitionStore.create(services.container("chekpoints"))),
        Subscriptions.balanced(),
        CommittableEvent::committableOffset);

    assertThat(theOnlyError().getFormattedMessage())
        .contains("localhost/orders/billing: the stream has failed: ")
        .contains("chekpoints");
    assertThat(theOnlyError().getThrowableProxy()).isNull();
  }

  @Test
  void settingsThatDoNotFit() {
    failureOf(
        settings.withConnectionString(""),
        Subscriptions.balanced(),
        CommittableEvent::committableOffset);

    assertThat(theOnlyError().getFormattedMessage())
        .contains(
            "event hub 'orders', consumer group 'billing': the stream has failed:"
                + " connection-string is missing");
  }

  @Test
  void aFunctionOfTheUsersThatThrowsIsSaidWithItsStackTrace() {
    send();
    IllegalStateException bug = new IllegalStateException("no such customer");

    Throwable failure =
        failureOf(
            settings,
            Subscriptions.partitions("0", "1"),
            event -> {
              throw bug;
            });

    assertThat(failure).isSameAs(bug);
    assertThat(theOnlyError().getFormattedMessage())
        .contains("localhost/orders/billing: the stream was cancelled, since another operator has")
        .endsWith("failed: IllegalStateException: no such customer");
    assertThat(theOnlyError().getThrowableProxy().getMessage()).isEqualTo("no such customer");
  }

  @Test
  void aProducerWithoutItsEventHub() {
    failureOf(
        Source.single(new EventData("x"))
            .runWith(Producer.plainSink(producerSettings().withEventHubName("ordres")), system));

    assertThat(theOnlyError().getFormattedMessage())
        .startsWith("[producer] event hub 'ordres': the stream has failed: ");
  }

  @Test
  void anOrderlyEndAndACancellationAreNoFailures() {
    send();
    List<CommittableEvent> taken =
        Consumer.committableSource(settings, Subscriptions.partitions("0", "1"))
            .take(1)
            .runWith(Sink.seq(), system)
            .toCompletableFuture()
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
    var control =
        Consumer.committableSource(settings, Subscriptions.partitions("0"))
            .to(Sink.ignore())
            .run(system);
    control.shutdown().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();

    assertThat(taken).hasSize(1);
    assertThat(errors).isEmpty();
  }

  private ProducerSettings producerSettings() {
    return ProducerSettings.create(system)
        .withConnectionString(services.eventHubs().connectionString())
        .withEventHubName(EmbeddedServices.EVENT_HUB);
  }

  private void send() {
    CompletionStage<Done> sent =
        Source.single(new EventData("x")).runWith(Producer.plainSink(producerSettings()), system);
    assertThat(sent.toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));
  }
}
