// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every kind of source on partitions that the store alone places. */
class BalancedSourcesTest {

  private static final int PARTITIONS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final BalancedNode node = new BalancedNode(services);
  private final ActorSystem<Void> system = node.system();
  private final ConsumerSettings settings = node.settings();
  private final Subscription subscription = Subscriptions.balanced();
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    node.close();
    services.close();
  }

  private void process(PartitionEvent event) {
    processed.add(
        event.getPartitionContext().getPartitionId() + "/" + event.getData().getBodyAsString());
  }

  private CommittableEvent process(CommittableEvent event) {
    processed.add(event.partition().partitionId() + "/" + event.event().getBodyAsString());
    return event;
  }

  private <C extends io.github.pekkoeventhubs.Committable> Sink<C, CompletionStage<Done>> commit() {
    return Committer.sink(CommitterSettings.create(system).withMaxInterval(Duration.ofMillis(50)));
  }

  /** All events arrive once, partitions are claimed, and given back in the end. */
  private void runsAndReleases(Consumer.DrainingControl<Done> control) throws Exception {
    services.sendToEach(50);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 50);
    assertThat(services.owners()).hasSize(PARTITIONS);
    assertThat(services.owners().values())
        .allSatisfy(owner -> assertThat(owner).startsWith("Balanced"));
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(processed).hasSize(PARTITIONS * 50).doesNotHaveDuplicates();
    assertThat(services.owners().values()).containsOnly("");
  }

  /** Repeats no request only because a busy machine has kept its answer. */
  private PartitionStore patientStore() {
    return BlobPartitionStore.create(
        services.container(EmbeddedServices.CONTAINER), Duration.ofSeconds(30));
  }

  private static ConsumerSettings withRoundsFarApart(ConsumerSettings settings) {
    Duration longer = Duration.ofSeconds(60);
    return settings
        .withPartitionRefreshInterval(longer)
        .withBalanced(
            new BalancedSettings(
                longer,
                longer,
                longer.multipliedBy(2),
                settings.balanced().mixedRenewalInterval()));
  }

  @Test
  void aNewGroupListsItsRecordsOnceBeforeItsFirstEvent() throws Exception {
    services.sendToEach(1);
    Consumer.DrainingControl<Done> control =
        Consumer.plainSource(
                withRoundsFarApart(settings).withPartitionStore(patientStore()), subscription)
            .toMat(Sink.foreach(this::process), Consumer::createDrainingControl)
            .run(system);
    await().atMost(PATIENCE).until(() -> !processed.isEmpty());
    assertThat(services.blobs().requests(BlobOperation.LIST_BLOBS)).isEqualTo(1);
    control.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);
  }

  @Test
  void theRecordsAreListedWhileTheEventHubHasNotAnswered() throws Exception {
    services
        .eventHubs()
        .faults()
        .refuseNextManagementLinks(1000, "com.microsoft:server-busy", "later");
    Consumer.DrainingControl<Done> control =
        Consumer.plainSource(settings, subscription)
            .toMat(Sink.foreach(this::process), Consumer::createDrainingControl)
            .run(system);
    await().atMost(PATIENCE).until(() -> services.blobs().requests(BlobOperation.LIST_BLOBS) > 0);
    assertThat(services.owners()).isEmpty();
    control.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);
  }

  @Test
  void plain() throws Exception {
    runsAndReleases(
        Consumer.plainSource(settings, subscription)
            .toMat(Sink.foreach(this::process), Consumer::createDrainingControl)
            .run(system));
  }

  @Test
  void aCheckpointOfAnOffsetAloneStaysAsItIsUnlessSomethingIsCommitted() throws Exception {
    services.sendToEach(20);
    PartitionStore store = patientStore();
    EventHubPartition partition =
        new EventHubPartition(
            "localhost", EmbeddedServices.EVENT_HUB, EmbeddedServices.CONSUMER_GROUP, "1");
    String offset = services.eventHubs().events(EmbeddedServices.EVENT_HUB, "1").get(9).offset();
    Map<String, String> checkpoint = Map.of(StoredCheckpoint.OFFSET, offset);
    store.createCheckpoint(partition, checkpoint).toCompletableFuture().get(10, TimeUnit.SECONDS);

    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(
                settings.withHandoverTimeout(Duration.ofSeconds(2)), subscription)
            .map(this::process)
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(system);
    await().atMost(PATIENCE).until(() -> processed.size() >= 50);
    control.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);

    assertThat(processed).contains("1/10").doesNotContain("1/9");
    StoredCheckpoint stored =
        store
            .readCheckpoint(partition)
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS)
            .orElseThrow();
    assertThat(stored.fencingToken()).as("all that the claim has added").isPresent();
    assertThat(stored.entries()).containsAllEntriesOf(checkpoint).hasSize(checkpoint.size() + 1);
  }

  @Test
  void withOffsetContext() throws Exception {
    runsAndReleases(
        Consumer.sourceWithOffsetContext(settings, subscription)
            .map(
                event -> {
                  process(event);
                  return event;
                })
            .toMat(
                Committer.sinkWithOffsetContext(CommitterSettings.create(system)),
                Consumer::createDrainingControl)
            .run(system));
    assertThat(services.checkpoints().values()).containsOnly(49L);
  }

  @Test
  void atMostOnce() throws Exception {
    runsAndReleases(
        Consumer.atMostOnceSource(settings, subscription)
            .toMat(Sink.foreach(this::process), Consumer::createDrainingControl)
            .run(system));
    assertThat(services.checkpoints().values()).containsOnly(49L);
  }

  @Test
  void inBatches() throws Exception {
    runsAndReleases(
        Consumer.processBatches(
                settings,
                subscription,
                10,
                Duration.ofMillis(50),
                events -> {
                  events.forEach(this::process);
                  return CompletableFuture.completedFuture(Done.getInstance());
                })
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(system));
    assertThat(services.checkpoints().values()).containsOnly(49L);
  }

  @Test
  void byPartition() throws Exception {
    runsAndReleases(runEach(Consumer.committablePartitionedSource(settings, subscription)));
    assertThat(services.checkpoints().values()).containsOnly(49L);
  }

  private Consumer.DrainingControl<Done> runEach(
      Source<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>, Consumer.Control>
          partitions) {
    return runEach(partitions, PARTITIONS);
  }

  private Consumer.DrainingControl<Done> runEach(
      Source<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>, Consumer.Control>
          partitions,
      int breadth) {
    return partitions
        .mapAsyncUnordered(
            breadth,
            partition ->
                partition
                    .second()
                    .map(event -> process(event).committableOffset())
                    .runWith(commit(), system))
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(system);
  }

  @Test
  void newPartitionsOfAGrowingEventHubAreReadToo() throws Exception {
    Consumer.DrainingControl<Done> control =
        runEach(Consumer.committablePartitionedSource(settings, subscription), PARTITIONS + 2);
    services.sendToEach(5);
    await().atMost(PATIENCE).until(() -> processed.size() == PARTITIONS * 5);

    services.eventHubs().growEventHub(EmbeddedServices.EVENT_HUB, PARTITIONS + 2);
    for (String added : List.of("3", "4")) {
      services
          .eventHubs()
          .send(EmbeddedServices.EVENT_HUB, added, new EventData("first of " + added));
    }

    await()
        .atMost(PATIENCE)
        .until(() -> processed.containsAll(List.of("3/first of 3", "4/first of 4")));
    assertThat(services.owners()).hasSize(PARTITIONS + 2);
    control.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);
    assertThat(processed).hasSize(PARTITIONS * 5 + 2).doesNotHaveDuplicates();
    assertThat(services.checkpoints()).hasSize(PARTITIONS + 2);
  }

  /** A stream that goes on after such a failure would otherwise write to the store without end. */
  @Test
  void aPartitionWhoseSourceFailsAtOnceIsOfferedAgainMoreAndMoreSeldom() throws Exception {
    services.eventHubs().send(EmbeddedServices.EVENT_HUB, "1", new EventData("poison"));
    Queue<Long> offers = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control =
        Consumer.committablePartitionedSource(
                settings.withPartitionStore(patientStore()), subscription)
            .mapAsyncUnordered(
                PARTITIONS,
                partition -> {
                  if (partition.first().partitionId().equals("1")) {
                    offers.add(System.nanoTime());
                  }
                  return partition
                      .second()
                      .<CommittableOffset>map(
                          event -> {
                            throw new IllegalStateException(event.event().getBodyAsString());
                          })
                      .runWith(commit(), system)
                      .exceptionally(poisoned -> Done.getInstance());
                })
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(system);
    await().atMost(PATIENCE).until(() -> offers.size() >= 5);
    long touches =
        services.blobs().writes().stream()
            .filter(write -> write.blob().endsWith("/checkpoint/1"))
            .count();
    List<Long> times = List.copyOf(offers);
    control.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);

    // 200, 400, 800 and 1000 ms, each shortened by a quarter at most.
    assertThat(Duration.ofNanos(times.get(4) - times.get(0)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(1800));
    assertThat(touches).isLessThanOrEqualTo(times.size() + 1L);
  }

  @Test
  void plainByPartition() throws Exception {
    runsAndReleases(
        Consumer.plainPartitionedSource(settings, subscription)
            .mapAsyncUnordered(
                PARTITIONS, partition -> partition.second().runForeach(this::process, system))
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(system));
  }

  @Test
  void fromPositionsOfItsOwn() throws Exception {
    services.sendToEach(10);
    Queue<EventHubPartition> given = new ConcurrentLinkedQueue<>();
    Queue<EventHubPartition> revoked = new ConcurrentLinkedQueue<>();
    runsAndReleases(
        runEach(
            Consumer.committablePartitionedManualOffsetSource(
                settings,
                subscription,
                assigned -> {
                  given.addAll(assigned);
                  return CompletableFuture.completedFuture(fromTheTenth(assigned));
                },
                ended -> {
                  revoked.addAll(ended);
                  return CompletableFuture.completedFuture(Done.getInstance());
                })));
    assertThat(given).hasSize(PARTITIONS);
    assertThat(revoked).containsExactlyInAnyOrderElementsOf(given);
    assertThat(services.checkpoints().values()).containsOnly(59L);
  }

  private static Map<EventHubPartition, EventPosition> fromTheTenth(
      Set<EventHubPartition> assigned) {
    return assigned.stream()
        .collect(
            Collectors.toMap(
                partition -> partition, partition -> EventPosition.fromSequenceNumber(10, true)));
  }
}
