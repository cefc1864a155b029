// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.FailedConsumer;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.Subscriptions;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The failures of streams whose connection strings name their event hubs. */
class ListedFailuresTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("ListedFailuresTest");

  private final RunningStreams streams = RunningStreams.of(SYSTEM);

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  /** It fails as soon as it starts: it has no partition store. */
  private static void failIn(String namespace, String eventHub) {
    ConsumerSettings settings =
        ConsumerSettings.create(SYSTEM)
            .withConnectionString(
                "Endpoint=sb://%s.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=k"
                        .formatted(namespace)
                    + ";EntityPath="
                    + eventHub)
            .withConsumerGroup("billing");
    await()
        .until(
            Source.fromGraph(
                        MergedSource.committable(
                            settings,
                            Subscriptions.clusterSharded(),
                            (system, subscription) -> new FakePlacement()))
                    .runWith(Sink.ignore(), SYSTEM)
                    .toCompletableFuture()
                ::isCompletedExceptionally);
  }

  @Test
  void areNamedByTheirEventHubsAndTakenAwayByAStreamOfTheSameOneAlone() {
    failIn("first", "orders");
    failIn("first", "invoices");
    failIn("second", "orders");
    await().until(() -> streams.failures().size() == 3);
    assertThat(streams.failures())
        .extracting(FailedConsumer::eventHub)
        .containsExactly("orders", "invoices", "orders");
    String secondId = streams.failures().get(2).id();

    failIn("first", "orders");
    await()
        .untilAsserted(
            () ->
                assertThat(streams.failures())
                    .extracting(FailedConsumer::eventHub)
                    .containsExactly("invoices", "orders", "orders"));
    assertThat(streams.failures().get(1).id()).isEqualTo(secondId);
  }
}
