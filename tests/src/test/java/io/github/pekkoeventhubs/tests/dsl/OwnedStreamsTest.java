// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.javadsl.RestartSource;
import org.apache.pekko.stream.javadsl.Sink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams whose partitions are owned, on a cluster of one node. */
class OwnedStreamsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PARTITIONS = 4;

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ClusterNode node = ClusterNode.first();
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failures = new AtomicInteger();

  @BeforeEach
  void fill() {
    services.sendToEach(100);
  }

  @AfterEach
  void stop() {
    node.close();
    services.close();
  }

  Subscription subscription() {
    return Subscriptions.clusterSharded();
  }

  ConsumerSettings settings() {
    return services
        .consumerSettings(node.system())
        .withPartitionRefreshInterval(Duration.ofMillis(300));
  }

  private CommitterSettings committer() {
    return CommitterSettings.create(node.system()).withMaxInterval(Duration.ofMillis(50));
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static String name(CommittableEvent event) {
    return event.partition().partitionId() + "/" + event.event().getBodyAsString();
  }

  private interface Work {
    void on(CommittableEvent event);
  }

  private static void nothing(CommittableEvent event) {}

  private Consumer.DrainingControl<Done> run(Work work) {
    return Consumer.committableSource(settings(), subscription())
        .map(
            event -> {
              work.on(event);
              processed.add(name(event));
              return event.committableOffset();
            })
        .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
        .run(node.system());
  }

  private static List<String> running(Consumer.Control control) {
    return control.status().partitions().values().stream()
        .filter(status -> status.state() == OwnerState.RUNNING)
        .map(status -> status.partition().partitionId())
        .toList();
  }

  @Test
  void twoStreamsOfAGroupShareThePartitionsOfTheirNode() throws Exception {
    Consumer.DrainingControl<Done> first = run(OwnedStreamsTest::nothing);
    Awaitility.await().atMost(PATIENCE).until(() -> running(first).size() == 4);
    Consumer.DrainingControl<Done> second = run(OwnedStreamsTest::nothing);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> running(first).size() == 2 && running(second).size() == 2);
    assertThat(Stream.concat(running(first).stream(), running(second).stream()))
        .containsExactlyInAnyOrder("0", "1", "2", "3");

    services.sendToEach(100);
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() >= 4 * 200);
    await(first.drainAndShutdown());
    Awaitility.await().atMost(PATIENCE).until(() -> running(second).size() == 4);
    services.sendToEach(100);
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() >= 4 * 300);
    await(second.drainAndShutdown());

    assertThat(processed).hasSize(4 * 300).doesNotHaveDuplicates();
    assertThat(services.checkpoints().values()).containsOnly(299L);
  }

  @Test
  void aStreamThatFailsReleasesItsPartitionsAtOnce() {
    Consumer.DrainingControl<Done> control =
        run(
            event -> {
              if (name(event).equals("2/100")) {
                throw new IllegalStateException("poison");
              }
            });
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() == 400);
    services.sendToEach(1);

    assertThatThrownBy(() -> await(control.streamCompletion())).hasMessageContaining("poison");
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(services.owners())
                    .hasSize(4)
                    .containsValue("")
                    .doesNotContainValue(owner()));
    assertThat(services.checkpoints().get("2")).isEqualTo(99);
  }

  private String owner() {
    return services.blobs().writes().stream()
        .filter(write -> write.blob().contains("/ownership/"))
        .map(write -> Objects.toString(write.metadata().get("ownerid"), ""))
        .filter(id -> !id.isEmpty())
        .findFirst()
        .orElseThrow();
  }

  private long releases() {
    return services.blobs().writes().stream()
        .filter(write -> write.blob().contains("/ownership/"))
        .filter(write -> write.operation() == BlobOperation.SET_METADATA)
        .filter(write -> Objects.equals(write.metadata().get("ownerid"), ""))
        .count();
  }

  @Test
  void aStreamThatIsRestartedHoldsItsPartitionsAcrossTheBackoff() throws Exception {
    Consumer.RestartingControl restarting = Consumer.createRestartingControl();
    Duration backoff = Duration.ofSeconds(2);
    Consumer.DrainingControl<Done> control =
        RestartSource.onFailuresWithBackoff(
                RestartSettings.create(backoff, backoff, 0),
                () ->
                    Consumer.committableSource(settings(), subscription())
                        .mapMaterializedValue(restarting::attach)
                        .map(
                            event -> {
                              if (name(event).equals("2/50") && failures.getAndIncrement() == 0) {
                                throw new IllegalStateException("poison");
                              }
                              processed.add(name(event));
                              return event.committableOffset();
                            }))
            .toMat(Committer.sink(committer()), (notUsed, done) -> restarting.draining(done))
            .run(node.system());
    Awaitility.await().atMost(PATIENCE).until(() -> failures.get() == 1);
    Awaitility.await()
        .during(Duration.ofSeconds(1))
        .atMost(PATIENCE)
        .until(() -> services.owners().size() == 4 && !services.owners().containsValue(""));
    assertThat(releases()).isZero();
    Awaitility.await().atMost(PATIENCE).until(() -> Set.copyOf(processed).size() == 400);
    await(control.drainAndShutdown());

    assertThat(processed).contains("2/50");
    assertThat(services.owners().values()).containsOnly("");
    assertThat(services.checkpoints().values()).containsOnly(99L);
  }

  @Test
  void aShutdownDuringTheBackoffReleasesAtOnce() throws Exception {
    Consumer.RestartingControl restarting = Consumer.createRestartingControl();
    Duration backoff = PATIENCE.multipliedBy(2);
    RestartSource.onFailuresWithBackoff(
            RestartSettings.create(backoff, backoff, 0),
            () ->
                Consumer.committableSource(settings(), subscription())
                    .mapMaterializedValue(restarting::attach)
                    .map(
                        event -> {
                          if (event.sequenceNumber() == 100) {
                            failures.incrementAndGet();
                            throw new IllegalStateException("poison");
                          }
                          processed.add(name(event));
                          return event.committableOffset();
                        }))
        .toMat(Committer.sink(committer()), (notUsed, done) -> restarting.draining(done))
        .run(node.system());
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() == 400);
    services.sendToEach(1);
    Awaitility.await().atMost(PATIENCE).until(() -> failures.get() == 1);

    await(restarting.shutdown());
    assertThat(services.owners()).hasSize(4);
    assertThat(services.owners().values()).containsOnly("");
  }

  @Test
  void aPausedStreamKeepsItsPartitionsAndLosesNothing() throws Exception {
    Consumer.DrainingControl<Done> control = run(OwnedStreamsTest::nothing);
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() == 400);
    control.pause();
    services.sendToEach(100);
    Awaitility.await()
        .during(Duration.ofSeconds(1))
        .atMost(PATIENCE)
        .until(() -> processed.size() == 400);
    assertThat(running(control)).hasSize(4);
    assertThat(services.owners().values()).doesNotContain("");

    control.resume();
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() == 800);
    await(control.drainAndShutdown());
    assertThat(processed).doesNotHaveDuplicates();
  }

  @Test
  void aStreamDrainsAndShutsDownWhilePaused() throws Exception {
    Consumer.DrainingControl<Done> control = run(OwnedStreamsTest::nothing);
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() == 400);
    control.pause();

    await(control.drainAndShutdown());
    assertThat(services.owners().values()).containsOnly("");
    assertThat(services.checkpoints().values()).containsOnly(99L);
  }

  @Test
  void aGrowingEventHubIsFollowed() throws Exception {
    Consumer.DrainingControl<Done> control = run(OwnedStreamsTest::nothing);
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() == 400);
    services.eventHubs().growEventHub(EmbeddedServices.EVENT_HUB, 6);
    services.eventHubs().send(EmbeddedServices.EVENT_HUB, "5", new EventData("0"));

    Awaitility.await().atMost(PATIENCE).until(() -> processed.contains("5/0"));
    Awaitility.await().atMost(PATIENCE).until(() -> running(control).size() == 6);
    await(control.drainAndShutdown());
    assertThat(services.checkpoints()).containsEntry("5", 0L);
  }

  @Test
  void aSubSourceThatFailsIsOfferedAgainWithTheEventThatFailedAndUnderTheSameClaim()
      throws Exception {
    Consumer.DrainingControl<Done> control =
        Consumer.committablePartitionedSource(settings(), subscription())
            .mapAsyncUnordered(
                100,
                pair ->
                    pair.second()
                        .map(
                            event -> {
                              if (name(event).equals("1/30") && failures.getAndIncrement() == 0) {
                                throw new IllegalStateException("poison");
                              }
                              processed.add(name(event));
                              return event.committableOffset();
                            })
                        .runWith(Committer.sink(committer()), node.system())
                        .exceptionally(error -> Done.getInstance()))
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(node.system());
    Awaitility.await().atMost(PATIENCE).until(() -> processed.contains("1/99"));
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() >= 400);
    assertThat(releases()).isZero();
    await(control.drainAndShutdown());

    assertThat(processed).doesNotHaveDuplicates().hasSize(400).contains("1/30");
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L, "1", 99L, "2", 99L, "3", 99L));
  }
}
