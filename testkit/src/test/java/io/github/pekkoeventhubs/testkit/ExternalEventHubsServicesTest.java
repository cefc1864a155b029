// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices.ProvidedEventHub;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices.WantedEventHub;
import io.github.pekkoeventhubs.testkit.services.ExternalEventHubsServices;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.opentest4j.TestAbortedException;

/** Services in which clients cannot create event hubs; played by emulators that nobody knows of. */
class ExternalEventHubsServicesTest {

  private static final EventHubsEmulator REMOTE =
      EventHubsEmulator.builder().eventHub("shared-orders", 4).consumerGroup("billing").start();
  private static final BlobEmulator REMOTE_BLOBS = BlobEmulator.start();

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create()
          .withEventHub("orders", 2)
          .withConsumerGroup("billing")
          .withServices(
              () ->
                  ExternalEventHubsServices.fromEnvironment(
                      Map.of(
                          ExternalEventHubsServices.EVENT_HUBS_VARIABLE,
                          REMOTE.connectionString(),
                          ExternalEventHubsServices.STORAGE_VARIABLE,
                          REMOTE_BLOBS.connectionString(),
                          "EVENTHUB_NAME_ORDERS",
                          "shared-orders")));

  @AfterAll
  static void close() {
    assertThat(REMOTE_BLOBS.containers()).isEmpty();
    REMOTE.close();
    REMOTE_BLOBS.close();
  }

  /** The second time there are the events of the first. */
  @RepeatedTest(2)
  void theSameTestRunsBehindTheEventsOfOthers(TestEventHub orders, ActorSystem<?> system) {
    assertThat(orders.name()).isEqualTo("shared-orders");
    assertThat(orders).partition("0").hasNoCheckpoint();
    assertThat(orders.lastSequenceNumber("0")).isEqualTo(-1);

    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(orders.consumerSettings(), Subscriptions.partitions("0"))
            .map(event -> event.committableOffset())
            .toMat(Committer.sink(orders.committerSettings()), Consumer::createDrainingControl)
            .run(system);
    assertThat(orders.send("0", "first", "second")).isEqualTo(1);
    orders.partition("0").of(control).awaitPosition(1);
    control.drainAndShutdown().toCompletableFuture().join();

    assertThat(orders).partition("0").hasCheckpoint(1).hasNoLag();
  }

  /** The tests want two partitions, and the event hub has four. */
  @RepeatedTest(2)
  void aStreamOfAllPartitionsReadsNoEventOfOtherTests(TestEventHub orders, ActorSystem<?> system) {
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    String body = orders.container();
    assertThat(orders.send("3", body)).isZero();
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(orders.consumerSettings(), Subscriptions.balanced())
            .map(
                event -> {
                  bodies.add(event.event().getBodyAsString());
                  return event.committableOffset();
                })
            .toMat(Committer.sink(orders.committerSettings()), Consumer::createDrainingControl)
            .run(system);
    orders.partition("3").of(control).awaitPosition(0);
    control.drainAndShutdown().toCompletableFuture().join();

    assertThat(bodies).containsExactly(body);
    assertThat(orders).hasCheckpoints(Map.of("3", 0L)).isProcessedToTheEnd();
  }

  @Test
  void countsFromItsBeginningWhereTheEventsOfOthersHaveExpired(ActorSystem<?> system) {
    REMOTE.addEventHub("expired", 1, "billing");
    REMOTE.send("expired", "0", new EventData("a"), new EventData("b"));
    REMOTE.removeEventsBefore("expired", "0", 2);
    try (ExternalEventHubsServices services =
        ExternalEventHubsServices.at(
            REMOTE.connectionString(), REMOTE_BLOBS.connectionString(), () -> {})) {
      ProvidedEventHub provided =
          services.provide(new WantedEventHub("expired", 1, List.of("billing")));
      TestEventHub expired = new TestEventHub(services, provided, system);

      assertThat(expired.lastSequenceNumber("0")).isEqualTo(-1);
      assertThat(expired.send("0", "first")).isZero();

      expired.close();
      services.release(provided);
    }
  }

  @Test
  void skipsWhatNeedsFaults(TestEventHub orders) {
    assertThatExceptionOfType(TestAbortedException.class)
        .isThrownBy(orders::faults)
        .withMessageContaining("external services");
    assertThatExceptionOfType(TestAbortedException.class).isThrownBy(orders::blobFaults);
  }

  @Test
  void saysWhatIsMissing() {
    assertThatIllegalStateException()
        .isThrownBy(() -> ExternalEventHubsServices.fromEnvironment(Map.of()))
        .withMessageContaining(ExternalEventHubsServices.EVENT_HUBS_VARIABLE);
    try (ExternalEventHubsServices services =
        ExternalEventHubsServices.at(
            REMOTE.connectionString(), REMOTE_BLOBS.connectionString(), () -> {})) {
      assertThatIllegalStateException()
          .isThrownBy(
              () -> services.provide(new WantedEventHub("shared-orders", 5, List.of("billing"))))
          .withMessageContaining("has 4 partitions; the tests need 5");
      assertThat(services.toString()).doesNotContain("Key");
    }
  }
}
