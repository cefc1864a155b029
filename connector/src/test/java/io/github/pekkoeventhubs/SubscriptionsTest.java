// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

class SubscriptionsTest {

  @Test
  void fixedPartitionsKeepTheirOrderAndStartAtTheirCheckpoints() {
    Subscription subscription = Subscriptions.partitions("3", "1", "2");

    assertThat(((Subscriptions.FixedPartitions) subscription).positions())
        .containsExactly(
            Map.entry("3", Optional.empty()),
            Map.entry("1", Optional.empty()),
            Map.entry("2", Optional.empty()));
  }

  @Test
  void fixedPartitionsMayHavePositionsOfTheirOwn() {
    Map<String, EventPosition> positions = new LinkedHashMap<>();
    positions.put("1", EventPosition.earliest());
    positions.put("0", EventPosition.latest());

    assertThat(
            ((Subscriptions.FixedPartitions) Subscriptions.partitionsFrom(positions)).positions())
        .containsExactly(
            Map.entry("1", Optional.of(EventPosition.earliest())),
            Map.entry("0", Optional.of(EventPosition.latest())));
  }

  @Test
  void aSubscriptionDoesNotChangeWithTheMapItWasMadeFrom() {
    Map<String, EventPosition> positions = new HashMap<>(Map.of("0", EventPosition.earliest()));
    Subscription subscription = Subscriptions.partitionsFrom(positions);

    positions.put("1", EventPosition.earliest());

    assertThat(((Subscriptions.FixedPartitions) subscription).positions()).containsOnlyKeys("0");
  }

  @Test
  void noPartitionIsRefused() {
    assertThatThrownBy(Subscriptions::partitions)
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("no partition is given: name at least one");
    assertThatThrownBy(() -> Subscriptions.partitionsFrom(Map.of()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("no partition is given");
  }

  @Test
  void aPartitionGivenTwiceIsRefusedByItsId() {
    assertThatThrownBy(() -> Subscriptions.partitions("0", "1", "0"))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageStartingWith("partition '0' is given twice");
  }

  @Test
  void aListenerIsAddedToACopy() {
    ActorTestKit testKit = ActorTestKit.create("SubscriptionsTest", ConfigFactory.load());
    try {
      ActorRef<PartitionLifecycle> listener =
          testKit.<PartitionLifecycle>createTestProbe().getRef();
      Subscription fixed = Subscriptions.partitions("0");
      Subscription sharded = Subscriptions.clusterSharded();
      Subscription balanced = Subscriptions.balanced();

      assertThat(fixed.withPartitionListener(listener).partitionListener()).contains(listener);
      assertThat(sharded.withPartitionListener(listener).partitionListener()).contains(listener);
      assertThat(balanced.withPartitionListener(listener).partitionListener()).contains(listener);
      assertThat(fixed.partitionListener()).isEmpty();
      assertThat(balanced.partitionListener()).isEmpty();
      assertThat(sharded.partitionListener()).isEmpty();
    } finally {
      testKit.shutdownTestKit();
    }
  }
}
