// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import com.azure.storage.blob.BlobContainerClientBuilder;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.RecordingStream;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Our streams on checkpoint stores of the SDK, which report little and cannot fence. */
class WrappedStoreTest {

  private static final int PARTITIONS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ClusterNode node = ClusterNode.first();
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    node.close();
    services.close();
  }

  private Consumer.DrainingControl<Done> consume(PartitionStore store) {
    return RecordingStream.run(
        node.system(),
        services.consumerSettings(node.system()).withPartitionStore(store),
        Subscriptions.clusterSharded(),
        processed);
  }

  private CheckpointStore official(String connectionString) {
    return new BlobCheckpointStore(
        new BlobContainerClientBuilder()
            .connectionString(connectionString)
            .containerName(EmbeddedServices.CONTAINER)
            .httpClient(new JdkHttpClientBuilder().build())
            .buildAsyncClient());
  }

  @Test
  void aStreamOnAnOfficialStoreProcessesCommitsAndSaysThatItIsUnfenced() throws Exception {
    Logger logger =
        (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.ProcessorPartitionStore");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Level before = logger.getLevel();
    logger.setLevel(Level.WARN);
    logger.addAppender(log);
    services.sendToEach(50);
    try {
      Consumer.DrainingControl<Done> control =
          consume(PartitionStore.fromProcessorStore(official(services.blobs().connectionString())));
      await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 50);
      assertThat(control.status().unfencedStore())
          .hasValueSatisfying(store -> assertThat(store).contains("BlobCheckpointStore"));
      control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } finally {
      logger.detachAppender(log);
      logger.setLevel(before);
    }

    assertThat(processed).hasSize(PARTITIONS * 50).doesNotHaveDuplicates();
    assertThat(services.checkpoints().values()).containsOnly(49L);
    assertThat(services.owners().values()).containsOnly("");
    assertThat(List.copyOf(log.list))
        .filteredOn(line -> line.getLevel() == Level.WARN)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anySatisfy(
            message -> assertThat(message).contains("BlobCheckpointStore").contains("fence"));
  }

  @Test
  void aStreamOnOurOwnStoreDoesNotSayThatItIsUnfenced() {
    services.sendToEach(1);
    Consumer.DrainingControl<Done> control =
        consume(services.consumerSettings(node.system()).partitionStore().orElseThrow());
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS);

    assertThat(control.status().unfencedStore()).isEmpty();
  }

  @Test
  void aWrongKeyFailsTheStreamBeforeAnythingIsClaimed() {
    String wrongKey =
        services
            .blobs()
            .connectionString()
            .replaceFirst("AccountKey=[^;]*", "AccountKey=d3Jvbmcga2V5");

    Consumer.DrainingControl<Done> control =
        consume(PartitionStore.fromProcessorStore(official(wrongKey)));

    assertFailed(control, "BlobCheckpointStore", "credentials");
    assertThat(services.blobs().requests(BlobOperation.PUT_BLOB)).isZero();
    assertThat(services.eventHubs().connectionCount()).isZero();
  }

  @Test
  void aStoreWithAFailureOfItsOwnKindFailsTheStreamInsteadOfBeingTriedForever() {
    Consumer.DrainingControl<Done> control =
        consume(PartitionStore.fromProcessorStore(new BrokenStore()));

    assertFailed(control, "BrokenStore", "credentials", EmbeddedServices.CONSUMER_GROUP);
  }

  @Test
  void aStoreThatMayNotWriteFailsTheStreamInsteadOfLosingEveryRace() {
    services
        .blobs()
        .faults()
        .always()
        .of(BlobOperation.PUT_BLOB)
        .answer(403, "AuthorizationPermissionMismatch");

    Consumer.DrainingControl<Done> control =
        consume(PartitionStore.fromProcessorStore(official(services.blobs().connectionString())));

    assertFailed(control, "BlobCheckpointStore", "nobody else");
  }

  private static void assertFailed(Consumer.DrainingControl<Done> control, String... words) {
    assertThatThrownBy(
            () ->
                control
                    .streamCompletion()
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOfAny(ExecutionException.class, CompletionException.class)
        .cause()
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContainingAll(words);
  }

  /** As if its password were wrong, which it says in its own way. */
  private static final class BrokenStore implements CheckpointStore {

    @Override
    public Flux<PartitionOwnership> listOwnership(
        String fullyQualifiedNamespace, String eventHubName, String consumerGroup) {
      return Flux.error(new IllegalStateException("WRONGPASS"));
    }

    @Override
    public Flux<PartitionOwnership> claimOwnership(List<PartitionOwnership> requested) {
      return Flux.empty();
    }

    @Override
    public Flux<Checkpoint> listCheckpoints(
        String fullyQualifiedNamespace, String eventHubName, String consumerGroup) {
      return Flux.error(new IllegalStateException("WRONGPASS"));
    }

    @Override
    public Mono<Void> updateCheckpoint(Checkpoint checkpoint) {
      return Mono.error(new IllegalStateException("WRONGPASS"));
    }
  }
}
