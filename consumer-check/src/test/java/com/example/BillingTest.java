// SPDX-License-Identifier: Apache-2.0
package com.example;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a user's own test does first, on whatever versions the user has. */
class BillingTest {
  @RegisterExtension
  static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 4);

  @Test
  void commitsEveryOrderAndReleasesThePartitionAfterALostConnection(
      TestEventHub orders, ActorSystem<?> system) throws Exception {
    var billed = new ConcurrentLinkedQueue<String>();
    var control =
        Consumer.sourceWithOffsetContext(orders.consumerSettings(), Subscriptions.partitions("0"))
            .map(event -> billed.add(event.getData().getBodyAsString()))
            .toMat(
                Committer.sinkWithOffsetContext(orders.committerSettings()),
                Consumer::createDrainingControl)
            .run(system);
    orders.send("0", "first", "second");
    orders.partition("0").of(control).awaitPosition(1);
    orders.faults().dropConnections();
    orders.send("0", "third");
    orders.partition("0").of(control).awaitPosition(2);
    control.drainAndShutdown().toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertThat(billed).containsExactly("first", "second", "third");
    assertThat(orders).partition("0").hasCheckpoint(2).isReleased().neverWentBack();
  }

  @Test
  void runsOnTheVersionsThatThisLegIsNamedAfter() {
    assertThat(Runtime.version().feature())
        .isEqualTo(Integer.parseInt(System.getProperty("expected.java")));
    assertThat(jarOf(Source.class))
        .isEqualTo(
            "pekko-stream_"
                + System.getProperty("expected.scala")
                + "-"
                + System.getProperty("expected.pekko")
                + ".jar");
    assertThat(jarOf(Test.class))
        .isEqualTo("junit-jupiter-api-" + System.getProperty("expected.junit") + ".jar");
  }

  private static String jarOf(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .getFileName()
        .toString();
  }
}
