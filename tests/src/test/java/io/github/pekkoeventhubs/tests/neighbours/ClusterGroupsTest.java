// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.RecordingStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.javadsl.RestartSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The partitions of a cluster stay where they are, and its groups are kept apart. */
class ClusterGroupsTest {

  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final List<ClusterNode> nodes = new ArrayList<>();

  @AfterEach
  void stop() {
    for (int last = nodes.size() - 1; last >= 0; last--) {
      nodes.get(last).close();
    }
    services.close();
  }

  private ClusterNode firstNode() {
    nodes.add(ClusterNode.first());
    return nodes.get(0);
  }

  private ClusterNode joiningNode() {
    nodes.add(ClusterNode.joining(nodes.get(0)));
    return nodes.get(nodes.size() - 1);
  }

  private static CommitterSettings committer(ClusterNode node) {
    return CommitterSettings.create(node.system()).withMaxInterval(Duration.ofMillis(50));
  }

  private static Consumer.DrainingControl<Done> consume(
      ClusterNode node, ConsumerSettings settings, Queue<String> processed) {
    return Consumer.committableSource(settings, Subscriptions.clusterSharded())
        .mapAsync(
            8,
            event -> {
              processed.add(
                  event.partition().partitionId() + "/" + event.event().getBodyAsString());
              return CompletableFuture.completedFuture(event.committableOffset());
            })
        .toMat(Committer.sink(committer(node)), Consumer::createDrainingControl)
        .run(node.system());
  }

  private static boolean isRunning(Consumer.Control control, String partitionId) {
    return Optional.ofNullable(control.status().partitions().get(partitionId))
        .filter(status -> status.state() == OwnerState.RUNNING)
        .isPresent();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** The claims that were ever made, by the folder of the group and the partition. */
  private Map<String, Long> claims() {
    Map<String, Long> claims = new HashMap<>();
    services.blobs().writes().stream()
        .filter(write -> write.blob().contains("/ownership/"))
        .filter(ClusterGroupsTest::isClaim)
        .map(write -> write.blob() + "#" + write.metadata().get(StoredOwnership.CLAIM_TOKEN))
        .distinct()
        .forEach(claim -> claims.merge(claim.substring(0, claim.indexOf('#')), 1L, Long::sum));
    return claims;
  }

  private static boolean isClaim(BlobWrite write) {
    return write.metadata().containsKey(StoredOwnership.CLAIM_TOKEN);
  }

  /** Fails at an event wherever it is read, and is restarted. */
  private Consumer.DrainingControl<Done> consumePoisoned(
      ClusterNode node, Queue<String> processed, AtomicInteger failures) {
    Consumer.RestartingControl restarting = Consumer.createRestartingControl();
    Duration backoff = Duration.ofMillis(200);
    return RestartSource.onFailuresWithBackoff(
            RestartSettings.create(backoff, backoff, 0),
            () ->
                Consumer.committableSource(
                        services.consumerSettings(node.system()), Subscriptions.clusterSharded())
                    .mapMaterializedValue(restarting::attach)
                    .map(
                        event -> {
                          if (event.event().getBodyAsString().equals("poison")) {
                            failures.incrementAndGet();
                            throw new IllegalStateException("poison");
                          }
                          processed.add(
                              event.partition().partitionId()
                                  + "/"
                                  + event.event().getBodyAsString());
                          return event.committableOffset();
                        }))
        .toMat(Committer.sink(committer(node)), (notUsed, done) -> restarting.draining(done))
        .run(node.system());
  }

  @Test
  void aPoisonEventOfAStreamThatIsRestartedDoesNotTourTheCluster() throws Exception {
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    AtomicInteger failures = new AtomicInteger();
    ClusterNode first = firstNode();
    Consumer.DrainingControl<Done> one = consumePoisoned(first, processed, failures);
    ClusterNode second = joiningNode();
    Consumer.DrainingControl<Done> two = consumePoisoned(second, processed, failures);
    await()
        .atMost(PATIENCE)
        .until(() -> RecordingStream.running(one) == 2 && RecordingStream.running(two) == 2);
    services.sendToEach(20);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 20);
    Map<String, String> owners = services.owners();
    Map<String, Long> claims = claims();

    services.eventHubs().send(EmbeddedServices.EVENT_HUB, "2", new EventData("poison"));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(services.owners()).isEqualTo(owners);
              return failures.get() >= 10;
            });

    assertThat(claims()).as("no partition was claimed again").isEqualTo(claims);
    assertThat(services.checkpoints()).containsEntry("2", 19L);
    get(one.shutdown());
    get(two.shutdown());
  }

  @Test
  void aPartitionThatIsStolenAgainAndAgainIsClaimedEverMoreSlowly() throws Exception {
    Duration minimumHold = Duration.ofMillis(400);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    ClusterNode node = firstNode();
    // No claim is written again only because a busy machine has kept the answer.
    BlobPartitionStore store =
        BlobPartitionStore.create(
            services.container(EmbeddedServices.CONTAINER), Duration.ofSeconds(30));
    ConsumerSettings settings =
        services
            .consumerSettings(node.system())
            .withPartitionStore(store)
            .withOwnership(
                new OwnershipSettings(
                    Duration.ofSeconds(60),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(105),
                    Duration.ofSeconds(120),
                    Duration.ofMillis(200),
                    minimumHold,
                    Duration.ofSeconds(10)));
    Consumer.DrainingControl<Done> control = consume(node, settings, processed);
    await().atMost(PATIENCE).until(() -> RecordingStream.running(control) == PARTITIONS);
    EventHubPartition stolen =
        new EventHubPartition(
            "localhost", EmbeddedServices.EVENT_HUB, EmbeddedServices.CONSUMER_GROUP, "1");

    int thefts = 4;
    for (int theft = 1; theft <= thefts; theft++) {
      // Nothing is under way then that could be committed between the two writes of the thief.
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  Objects.equals(
                      services.checkpoints().get("1"),
                      services
                          .eventHubs()
                          .partition(EmbeddedServices.EVENT_HUB, "1")
                          .lastSequenceNumber()));
      StoredOwnership ours = get(store.readOwnership(stolen)).orElseThrow();
      StoredOwnership theirs = get(store.replaceOwnership(ours, "thief", Map.of())).orElseThrow();
      StoredCheckpoint checkpoint = get(store.readCheckpoint(stolen)).orElseThrow();
      get(store.replaceCheckpoint(stolen, checkpoint.entries(), checkpoint.version()))
          .orElseThrow();
      // The next commit is refused, and the owner finds out why. Then nothing but the hold delays
      // it.
      services.sendToEach(1);
      await().atMost(PATIENCE).until(() -> !isRunning(control, "1"));
      get(store.replaceOwnership(theirs, "", Map.of()));
      await().atMost(PATIENCE).until(() -> isRunning(control, "1"));
    }

    List<BlobWrite> writes =
        services.blobs().writes().stream()
            .filter(write -> write.blob().endsWith("/ownership/1"))
            .toList();
    List<Duration> pauses = new ArrayList<>();
    for (int write = 1; write < writes.size(); write++) {
      if ("thief".equals(writes.get(write).metadata().get("ownerid"))) {
        // Their release lies in between.
        BlobWrite claim =
            writes.stream()
                .skip(write + 1L)
                .filter(ClusterGroupsTest::isClaim)
                .findFirst()
                .orElseThrow();
        pauses.add(Duration.between(writes.get(write).time(), claim.time()));
      }
    }
    assertThat(pauses).hasSize(thefts);
    for (int theft = 0; theft < thefts; theft++) {
      // A quarter may be taken off at random.
      assertThat(pauses.get(theft))
          .as("before claim " + (theft + 2))
          .isGreaterThanOrEqualTo(
              minimumHold.multipliedBy(1L << theft).multipliedBy(3).dividedBy(4));
    }
    assertThat(claims().get("localhost/orders/billing/ownership/1")).isEqualTo(thefts + 1L);
    assertThat(claims().get("localhost/orders/billing/ownership/0")).isEqualTo(1L);
    get(control.drainAndShutdown());
    assertThat(processed).contains("1/0", "1/1", "1/2", "1/3");
  }

  @Test
  void eventHubsAndGroupsOfOneClusterDoNotDisturbEachOther() throws Exception {
    services.eventHubs().addEventHub("meters", PARTITIONS, EmbeddedServices.CONSUMER_GROUP);
    services.eventHubs().addConsumerGroup(EmbeddedServices.EVENT_HUB, "shipping");
    ClusterNode first = firstNode();
    ClusterNode second = joiningNode();
    Map<String, Queue<String>> processed = new HashMap<>();
    Map<String, Consumer.DrainingControl<Done>> controls = new HashMap<>();
    for (ClusterNode node : nodes) {
      ConsumerSettings billing = services.consumerSettings(node.system());
      Map<String, ConsumerSettings> groups =
          Map.of(
              "orders/billing", billing,
              "orders/shipping", billing.withConsumerGroup("shipping"),
              "meters/billing", billing.withEventHubName("meters"));
      groups.forEach(
          (name, settings) ->
              controls.put(
                  name + (node == first ? "-1" : "-2"),
                  consume(
                      node,
                      settings,
                      processed.computeIfAbsent(name, any -> new ConcurrentLinkedQueue<>()))));
    }
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                controls.values().stream()
                    .allMatch(control -> RecordingStream.running(control) == 2));
    services.sendToEach(100);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      services
          .eventHubs()
          .send("meters", Integer.toString(partition), new EventData("m1"), new EventData("m2"));
    }
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                size(processed, "orders/billing") >= PARTITIONS * 100
                    && size(processed, "orders/shipping") >= PARTITIONS * 100
                    && size(processed, "meters/billing") >= PARTITIONS * 2);
    Map<String, Long> claims = claims();

    get(Optional.ofNullable(controls.get("orders/billing-2")).orElseThrow().drainAndShutdown());
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                RecordingStream.running(
                        Optional.ofNullable(controls.get("orders/billing-1")).orElseThrow())
                    == PARTITIONS);

    Map<String, Long> after = claims();
    claims.forEach(
        (partition, count) -> {
          if (!partition.contains("/orders/billing/")) {
            assertThat(after.get(partition)).as("claims of " + partition).isEqualTo(count);
          }
        });
    assertThat(second.system().getWhenTerminated().toCompletableFuture()).isNotDone();
    for (Consumer.DrainingControl<Done> control : controls.values()) {
      get(control.drainAndShutdown());
    }
    assertThat(processed.get("orders/billing")).hasSize(PARTITIONS * 100).doesNotHaveDuplicates();
    assertThat(processed.get("orders/shipping")).hasSize(PARTITIONS * 100).doesNotHaveDuplicates();
    assertThat(processed.get("meters/billing")).hasSize(PARTITIONS * 2).doesNotHaveDuplicates();
  }

  private static int size(Map<String, Queue<String>> processed, String group) {
    return Optional.ofNullable(processed.get(group)).map(Queue::size).orElse(0);
  }

  private List<String> logOfAStreamOn(String configuration) {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    try {
      ClusterNode node = ClusterNode.first(configuration);
      nodes.add(node);
      Consumer.DrainingControl<Done> control =
          consume(node, services.consumerSettings(node.system()), new ConcurrentLinkedQueue<>());
      await().atMost(PATIENCE).until(() -> RecordingStream.running(control) == PARTITIONS);
    } finally {
      root.detachAppender(log);
    }
    return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void aClusterWithoutADowningProviderIsWarnedAbout() {
    assertThat(logOfAStreamOn("pekko.cluster.downing-provider-class = \"\""))
        .anySatisfy(
            message ->
                assertThat(message)
                    .contains("pekko.cluster.downing-provider-class is empty")
                    .contains("SplitBrainResolverProvider"));
  }

  @ParameterizedTest
  @CsvSource({
    "pekko.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout, 8 s, 9s",
    "pekko.eventhubs.cluster-sharding.sharding.handoff-timeout, 12 s, 13s"
  })
  void aTimeOutOfTheClusterThatCutsHandOversOffIsWarnedAbout(
      String key, String value, String needed) {
    assertThat(logOfAStreamOn(key + " = " + value))
        .anySatisfy(
            message ->
                assertThat(message)
                    .contains("handover-timeout (8s) does not fit " + key)
                    .contains("Set " + key + " to at least " + needed));
  }
}
