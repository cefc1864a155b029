// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.emulator.clients.NodeServer;
import io.github.pekkoeventhubs.emulator.clients.NodeTools;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A stream of the connector and the official JavaScript consumer in one consumer group. Here and
 * not with the tests of the other neighbours because there is no cluster module on the class path
 * here.
 */
class JavaScriptNeighbourTest {

  private static final int PARTITIONS = 8;
  private static final String HUB = "orders";
  private static final String GROUP = "billing";
  private static final String CONTAINER = "checkpoints";
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration CALM = Duration.ofSeconds(2);

  private final EventHubsEmulator hubs =
      EventHubsEmulator.builder().eventHub(HUB, PARTITIONS).consumerGroup(GROUP).start();
  private final BlobEmulator blobs = BlobEmulator.builder().container(CONTAINER).start();
  private final ActorSystem system = ActorSystem.create("Neighbour", ConfigFactory.load());
  private final Queue<String> ours = new ConcurrentLinkedQueue<>();
  private final List<NodeServer> scripts = new ArrayList<>();
  private int sent;

  @BeforeEach
  void install() {
    NodeTools.assumeInstalled();
    NodeTools.install();
  }

  @AfterEach
  void stop() throws Exception {
    scripts.forEach(NodeServer::close);
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    hubs.close();
    blobs.close();
  }

  private Consumer.DrainingControl<Done> consume() {
    ConsumerSettings settings =
        ConsumerSettings.create(system)
            .withConnectionString(hubs.connectionString())
            .withEventHubName(HUB)
            .withConsumerGroup(GROUP)
            .withPartitionStore(
                BlobPartitionStore.create(
                    BlobClients.asyncContainer(blobs.connectionString(), CONTAINER)))
            .withInitialPosition(EventPosition.earliest())
            .withOwnership(
                new OwnershipSettings(
                    Duration.ofSeconds(1),
                    Duration.ofMillis(300),
                    Duration.ofSeconds(25),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(5)))
            .withBalanced(
                new BalancedSettings(
                    Duration.ofMillis(400),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(9),
                    Duration.ofSeconds(1)));
    return Consumer.committableSource(settings, Subscriptions.balanced())
        .map(
            event -> {
              ours.add(event.partition().partitionId() + "/" + event.event().getBodyAsString());
              return event.committableOffset();
            })
        .toMat(
            Committer.sink(
                CommitterSettings.create(system).withMaxInterval(Duration.ofMillis(200))),
            Consumer::createDrainingControl)
        .run(system);
  }

  private NodeServer javaScript() {
    NodeServer script =
        NodeTools.startScript(
            "event-processor.mjs",
            Pattern.compile("^ready$"),
            Duration.ofSeconds(30),
            hubs.connectionString(),
            HUB,
            GROUP,
            blobs.connectionString(),
            CONTAINER);
    scripts.add(script);
    return script;
  }

  private List<String> processed() {
    List<String> all = new ArrayList<>(ours);
    for (NodeServer script : scripts) {
      script
          .output()
          .lines()
          .filter(line -> line.startsWith("event "))
          .map(line -> line.substring("event ".length()).replace(' ', '/'))
          .forEach(all::add);
    }
    return all;
  }

  /** Sends to all partitions and waits until everything ever sent is processed and committed. */
  private void sendAndAwait(int eventsPerPartition) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (int number = sent; number < sent + eventsPerPartition; number++) {
        hubs.send(HUB, Integer.toString(partition), new EventData(Integer.toString(number)));
      }
    }
    sent += eventsPerPartition;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(new HashSet<>(processed())).hasSize(PARTITIONS * sent);
              assertThat(metadata("checkpoint", "sequencenumber").values())
                  .hasSize(PARTITIONS)
                  .containsOnly(Integer.toString(sent - 1));
            });
  }

  /** The same, and none of them was processed twice, nor any older one again. */
  private void sendAndAwaitOnce(int eventsPerPartition) {
    int before = processed().size();
    sendAndAwait(eventsPerPartition);
    assertThat(processed()).hasSize(before + PARTITIONS * eventsPerPartition);
  }

  private Map<String, String> metadata(String kind, String key) {
    Map<String, String> result = new TreeMap<>();
    for (var blob : blobs.blobs(CONTAINER)) {
      if (blob.name().contains("/" + kind + "/")) {
        result.put(blob.name(), Objects.toString(blob.metadata().get(key), ""));
      }
    }
    return result;
  }

  /** How many partitions each owner has; what is released counts for "". */
  private Collection<Long> loads() {
    Map<String, Long> loads = new HashMap<>();
    metadata("ownership", "ownerid").values().forEach(owner -> loads.merge(owner, 1L, Long::sum));
    return loads.values();
  }

  private int changesOfOwner() {
    Map<String, String> owners = new HashMap<>();
    int changes = 0;
    for (var write : blobs.writes()) {
      String owner = Objects.toString(write.metadata().get("ownerid"), "");
      if (write.blob().contains("/ownership/")
          && !owner.isEmpty()
          && !owner.equals(owners.put(write.blob(), owner))) {
        changes++;
      }
    }
    return changes;
  }

  /** Waits until no partition has changed its owner for a while. */
  private void awaitCalm() {
    AtomicInteger last = new AtomicInteger();
    await()
        .during(CALM)
        .atMost(PATIENCE)
        .until(
            () -> {
              int changes = changesOfOwner();
              return last.getAndSet(changes) == changes;
            });
  }

  private void awaitLoads(Long... expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(loads()).containsExactlyInAnyOrder(expected));
  }

  private static void drain(Consumer.DrainingControl<Done> control) throws Exception {
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void bothShareAndEachGoesOnFromTheCheckpointsOfTheOther() throws Exception {
    Consumer.DrainingControl<Done> first = consume();
    awaitLoads(8L);
    sendAndAwaitOnce(20);

    NodeServer script = javaScript();
    awaitLoads(4L, 4L);
    sendAndAwait(20);
    awaitCalm();
    sendAndAwaitOnce(20);
    assertThat(changesOfOwner()).isLessThanOrEqualTo(PARTITIONS + 6);

    drain(first);
    awaitLoads(8L);
    sendAndAwaitOnce(20);

    Consumer.DrainingControl<Done> second = consume();
    awaitLoads(4L, 4L);
    sendAndAwait(20);
    awaitCalm();
    sendAndAwaitOnce(20);

    script.endInput();
    awaitLoads(8L);
    sendAndAwaitOnce(20);
    drain(second);
    assertThat(loads()).containsExactly(8L);
    assertThat(metadata("ownership", "ownerid").values()).containsOnly("");
  }
}
