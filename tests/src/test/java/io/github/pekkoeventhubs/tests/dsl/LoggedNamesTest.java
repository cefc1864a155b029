// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The names in the diagnostic context of every line that streams log under faults. */
class LoggedNamesTest extends FixedPartitionStreams {

  private static final Duration LONG = Duration.ofMinutes(1);

  private static final Map<String, String> OF_GROUP =
      Map.of(
          "eventhubs.namespace", "localhost",
          "eventhubs.hub", EmbeddedServices.EVENT_HUB,
          "eventhubs.group", EmbeddedServices.CONSUMER_GROUP);

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs");
  private final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (!line.getLoggerName().contains(".emulator.")) {
            line.prepareForDeferredProcessing();
            lines.add(line);
          }
        }
      };

  @BeforeEach
  void listen() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.setLevel(Level.DEBUG);
    logger.setAdditive(false);
    logger.addAppender(appender);
    ((Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.produce")).setLevel(null);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(appender);
    logger.setAdditive(true);
    logger.setLevel(null);
    ((Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.produce")).setLevel(Level.ERROR);
  }

  @Override
  ConsumerSettings settings() {
    return super.settings()
        .withReconnectBackoff(Duration.ofMillis(10), Duration.ofMillis(20))
        .withBalanced(
            new BalancedSettings(
                Duration.ofMillis(300),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30)));
  }

  private Consumer.DrainingControl<Done> run() {
    return Consumer.committableSource(settings(), Subscriptions.balanced())
        .map(CommittableEvent::committableOffset)
        .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
        .run(system());
  }

  private List<ILoggingEvent> lines(String text) {
    return lines.stream().filter(line -> line.getFormattedMessage().contains(text)).toList();
  }

  private void awaitLine(String text) {
    Awaitility.await().atMost(LONG).until(() -> !lines(text).isEmpty());
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

  /** As an official processor does, which knows nothing of our entries. */
  private void claimAsSomebodyElse(String partitionId) {
    services
        .container(EmbeddedServices.CONTAINER)
        .getBlobAsyncClient("localhost/orders/billing/ownership/" + partitionId)
        .getBlockBlobAsyncClient()
        .setMetadata(Map.of("ownerid", "somebody-else"))
        .block();
  }

  private static Map<String, String> names(ILoggingEvent line) {
    Map<String, String> names = new TreeMap<>(line.getMDCPropertyMap());
    names.keySet().removeIf(key -> !key.startsWith("eventhubs."));
    return names;
  }

  private static void isOfPartitionInAnEpoch(ILoggingEvent line, String partitionId) {
    assertThat(names(line))
        .as(line.getFormattedMessage())
        .containsAllEntriesOf(OF_GROUP)
        .containsEntry("eventhubs.partition", partitionId)
        .hasEntrySatisfying("eventhubs.epoch", epoch -> assertThat(epoch).matches("\\d+"));
  }

  @Test
  void ofAConsumerThroughClaimOutageLostLinkLossAndHandOver() throws Exception {
    services.sendToEach(10);
    Consumer.DrainingControl<Done> control = run();
    Awaitility.await()
        .atMost(LONG)
        .until(() -> services.checkpoints().equals(Map.of("0", 9L, "1", 9L)));
    refuseCheckpoints();
    services.sendToEach(10);
    awaitLine("no checkpoint could be written");
    services.blobs().faults().clear();
    awaitLine("are written again");
    services.eventHubs().faults().dropConnections();
    services.sendToEach(10);
    awaitLine("reading again");
    claimAsSomebodyElse("1");
    awaitLine("lost:");
    await(control.drainAndShutdown());
    awaitLine("handed over after");

    for (String text :
        List.of(
            "assigned to",
            "no checkpoint could be written",
            "are written again",
            "reading again",
            "lost:",
            "handing over:",
            "handed over after")) {
      assertThat(lines(text))
          .isNotEmpty()
          .allSatisfy(line -> isOfPartitionInAnEpoch(line, partitionIn(line)));
    }
    everyLineNamesAsMuchAsItsText();
    assertThat(asDocumented(lines("assigned to").get(0)))
        .matches("(?s)\\S+ \\S+ INFO  PartitionOwner [01] \\d+ \\[localhost/.*\\n");
  }

  @Test
  void aBalancedStreamSaysOnceByWhichNameOthersKnowItsProcess() throws Exception {
    Consumer.DrainingControl<Done> control = run();
    Awaitility.await()
        .atMost(LONG)
        .until(() -> services.owners().values().stream().filter(o -> !o.isEmpty()).count() == 2);
    Set<String> owners = Set.copyOf(services.owners().values());
    await(control.drainAndShutdown());

    List<ILoggingEvent> own = lines("shares the partitions of");
    assertThat(own).hasSize(1);
    assertThat(own.get(0).getLevel()).isEqualTo(Level.INFO);
    assertThat(names(own.get(0))).isEqualTo(OF_GROUP);
    Matcher line =
        Pattern.compile(
                "\\[\\S+] shares the partitions of orders in consumer group 'billing' as owner '(.*)'")
            .matcher(own.get(0).getFormattedMessage());
    assertThat(line.matches()).as(own.get(0).getFormattedMessage()).isTrue();
    assertThat(owners).containsExactly(line.group(1));
    assertThat(line.group(1)).matches("[^@#]+(@[A-Za-z0-9.-]+)?#[0-9a-f-]{36}");
  }

  /** The line by the pattern that the documentation gives. */
  private static String asDocumented(ILoggingEvent line) throws IOException {
    Matcher pattern =
        Pattern.compile("<pattern>(.*)</pattern>")
            .matcher(Files.readString(Path.of("../docs/operations.md")));
    assertThat(pattern.find()).isTrue();
    PatternLayout layout = new PatternLayout();
    layout.setContext(((Logger) LoggerFactory.getLogger("ROOT")).getLoggerContext());
    layout.setPattern(pattern.group(1));
    layout.start();
    return layout.doLayout(line);
  }

  /** The part of "[localhost/orders/billing/1] …" behind the last slash. */
  private static String partitionIn(ILoggingEvent line) {
    String text = line.getFormattedMessage();
    return text.substring(0, text.indexOf(']'))
        .substring(text.lastIndexOf('/', text.indexOf(']')) + 1);
  }

  private void everyLineNamesAsMuchAsItsText() {
    assertThat(lines)
        .hasSizeGreaterThan(20)
        .filteredOn(line -> !line.getLoggerName().endsWith("BlobPartitionStore"))
        .allSatisfy(
            line -> {
              assertThat(names(line)).as(line.toString()).containsEntry("eventhubs.hub", "orders");
              if (line.getFormattedMessage().startsWith("[localhost/orders/billing/")) {
                assertThat(names(line))
                    .as(line.toString())
                    .containsAllEntriesOf(OF_GROUP)
                    .containsKey("eventhubs.partition");
              }
            });
  }

  @Test
  void ofAStreamThatFails() {
    refuseCheckpoints();
    services.sendToEach(1);
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings(), Subscriptions.partitions("0"))
            .map(
                event -> {
                  if (event.sequenceNumber() >= 0) {
                    throw new EventHubsException("the function fails", null);
                  }
                  return event.committableOffset();
                })
            .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
            .run(system());

    assertThatThrownBy(() -> await(control.streamCompletion())).hasMessageContaining("fails");
    awaitLine("the function fails");

    assertThat(lines("the stream "))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(names(line)).containsAllEntriesOf(OF_GROUP));
  }

  @Test
  void ofAProducer() throws Exception {
    services.eventHubs().faults().rejectNextSends(1, "com.microsoft:server-busy");

    await(
        Source.single(new Routed(new EventData("a"), Route.partitionId("1")))
            .runWith(
                Producer.routedSink(
                    ProducerSettings.create(system())
                        .withConnectionString(services.eventHubs().connectionString())
                        .withEventHubName(EmbeddedServices.EVENT_HUB)),
                system()));

    assertThat(lines("attempt 2 follows"))
        .singleElement()
        .satisfies(
            line ->
                assertThat(names(line))
                    .isEqualTo(
                        Map.of(
                            "eventhubs.namespace", "localhost",
                            "eventhubs.hub", EmbeddedServices.EVENT_HUB,
                            "eventhubs.partition", "1")));
  }
}
