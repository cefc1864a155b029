// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices.WantedEventHub;
import io.github.pekkoeventhubs.testkit.services.ExternalEventHubsServices;
import java.util.List;
import java.util.Map;
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
      EventHubsEmulator.builder().eventHub("shared-orders", 2).consumerGroup("billing").start();
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
              () -> services.provide(new WantedEventHub("shared-orders", 3, List.of("billing"))))
          .withMessageContaining("has 2 partitions; the tests need 3");
      assertThat(services.toString()).doesNotContain("Key");
    }
  }
}
