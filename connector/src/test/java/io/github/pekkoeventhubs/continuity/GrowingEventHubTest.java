// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An event hub gets a partition while a stream reads it from its end. */
class GrowingEventHubTest extends ContinuityFixture {

  // Set before the first test, and never used before.
  @SuppressWarnings("NullAway.Init")
  private static ActorSystem<Void> cluster;

  @BeforeAll
  static void startCluster() {
    cluster =
        ActorSystem.create(
            Behaviors.empty(),
            "GrowingEventHubTest",
            ConfigFactory.parseString(
                    """
                    pekko.actor.provider = cluster
                    pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                    pekko.cluster.jmx.multi-mbeans-in-same-jvm = on
                    """)
                .withFallback(ConfigFactory.load()));
    Cluster node = Cluster.get(cluster);
    node.manager().tell(Join.create(node.selfMember().address()));
  }

  @AfterAll
  static void stopCluster() {
    cluster.terminate();
  }

  @Override
  ActorSystem<Void> systemOfStreams() {
    return cluster;
  }

  /** Fixed partitions are named by the user: no others are looked for. */
  static Stream<Named<Subscription>> subscriptionsThatLookForPartitions() {
    return Stream.of(
        Named.of("balanced", Subscriptions.balanced()),
        Named.of("clusterSharded", Subscriptions.clusterSharded()));
  }

  @ParameterizedTest
  @MethodSource("subscriptionsThatLookForPartitions")
  void aNewPartitionIsReadFromItsBeginning(Subscription subscription) {
    send(5, SMALL);
    run(
        settings()
            .withInitialPosition(EventPosition.latest())
            .withPartitionRefreshInterval(Duration.ofSeconds(2)),
        subscription);
    await().atMost(PATIENCE).until(() -> emulator.receivers().size() == 1);

    emulator.growEventHub(EVENT_HUB, 2);
    for (int i = 0; i < 3; i++) {
      emulator.send(EVENT_HUB, "1", new EventData("early"));
    }

    awaitRead(2);
    assertThat(read).containsExactlyElementsOf(numbers(0, 2));
  }
}
