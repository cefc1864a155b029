// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.StreamsHealth;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.EventHubsFaults;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the liveness check says of a stream that waits for something else. */
class OutagesOfTargetsTest {

  private static final String TARGET = "invoices";

  /** A partition that stands still for four times as long is stalled. */
  private static final Duration STALL_CHECK = Duration.ofSeconds(2);

  private static final String BUSY = "com.microsoft:server-busy";

  private static final Duration RETRY_BACKOFF = Duration.ofMillis(50);

  /** What a producer holds of the events, each of which counts as 650 bytes and more. */
  private static final long HELD_BYTES = 16 * 1024;

  private static final int EVENTS = 200;

  private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
  private final EmbeddedServices services = new EmbeddedServices(1);
  private final StreamsHealth health = StreamsHealth.of(kit.system());
  private final CommitterSettings committer =
      CommitterSettings.create(kit.system()).withMaxInterval(Duration.ofMillis(50));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    services.close();
  }

  private ConsumerSettings consumer(Duration stallCheck) {
    return services.consumerSettings(kit.system()).withStallCheck(stallCheck);
  }

  private Consumer.DrainingControl<Done> forward() {
    ProducerSettings producer =
        ProducerSettings.create(kit.system())
            .withConnectionString(services.eventHubs().connectionString())
            .withEventHubName(TARGET)
            .withMaxRetries(1_000)
            // A full producer asks for no more events.
            .withMaxBatchBytes(HELD_BYTES)
            .withMaxBufferedBytes(HELD_BYTES)
            .withRetryBackoff(RETRY_BACKOFF, RETRY_BACKOFF);
    return Consumer.committableSource(consumer(STALL_CHECK), Subscriptions.partitions("0"))
        .map(
            event ->
                ProducerMessage.single(
                    event.event(), Route.partitionId("0"), event.committableOffset()))
        .toMat(Producer.committableSink(producer, committer), Consumer::createDrainingControl)
        .run(kit.system());
  }

  /** A new process could not send either, and would be ended as well, again and again. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whileSendsFailNoPartitionIsStalled(boolean overALink) throws Exception {
    services.eventHubs().addEventHub(TARGET, 1);
    services.sendToEach(EVENTS);
    EventHubsFaults faults = services.eventHubs().faults();
    FaultHandle busy =
        overALink
            ? faults.rejectNextSends(100_000, BUSY)
            : faults.refuseNextSenders(100_000, BUSY, "busy");
    Consumer.DrainingControl<Done> control = forward();

    await().until(() -> busy.hits() > 0);
    await()
        .during(STALL_CHECK.multipliedBy(6))
        .atMost(Duration.ofSeconds(60))
        .until(() -> health.live().isYes());
    assertThat(services.checkpoints()).containsEntry("0", -1L);

    busy.cancel();
    await().until(() -> services.eventHubs().events(TARGET, "0").size() == EVENTS);
    control.drainAndShutdown().toCompletableFuture().get(20, SECONDS);
    assertThat(services.checkpoints()).containsEntry("0", EVENTS - 1L);
  }

  /** A new process may do better. */
  @Test
  void aStreamThatWaitsForNothingKnownIsStalled() {
    services.sendToEach(EVENTS);
    Flow<CommittableEvent, CommittableOffset, ?> hanging =
        Flow.<CommittableEvent>create()
            .mapAsync(1, event -> new CompletableFuture<CommittableOffset>());
    Consumer.committableSource(consumer(Duration.ofMillis(100)), Subscriptions.partitions("0"))
        .via(hanging)
        .toMat(Committer.sink(committer), Consumer::createDrainingControl)
        .run(kit.system());

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(health.live().reasons())
                    .singleElement()
                    .asString()
                    .contains("stands still for", "asks for no event although some are there"));
  }
}
