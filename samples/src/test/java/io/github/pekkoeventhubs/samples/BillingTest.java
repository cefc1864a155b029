// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BillingTest {
  @RegisterExtension
  static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 4);

  @Test
  void billsEveryOrderAlthoughTheConnectionIsLost(TestEventHub orders, ActorSystem<?> system) {
    var billed = new ConcurrentLinkedQueue<String>();
    var committing = orders.committerSettings();
    var control =
        Consumer.sourceWithOffsetContext(orders.consumerSettings(), Subscriptions.partitions("0"))
            .map(event -> billed.add(event.getData().getBodyAsString()))
            .toMat(Committer.sinkWithOffsetContext(committing), Consumer::createDrainingControl)
            .run(system);
    orders.send("0", "first", "second");
    orders.partition("0").of(control).awaitPosition(1);
    orders.faults().dropConnections();
    orders.send("0", "third");
    orders.partition("0").of(control).awaitPosition(2);
    control.drainAndShutdown().toCompletableFuture().join();
    assertThat(billed).containsExactly("first", "second", "third");
    assertThat(orders).partition("0").hasCheckpoint(2).isReleased().neverWentBack();
  }
}
