// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CheckpointMigration;
import io.github.pekkoeventhubs.CheckpointMigration.Outcome;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.OfficialProcessor;
import io.github.pekkoeventhubs.tests.RecordingStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From an application with {@code EventProcessorClient} to our streams, and back. */
class ProcessorMigrationTest {

  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** Which store the official processors use; our streams use the same blobs. */
  private enum ProcessorStore {
    OFFICIAL,
    OURS
  }

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ClusterNode node = ClusterNode.first();

  @AfterEach
  void stop() {
    node.close();
    services.close();
  }

  private CheckpointStore store(ProcessorStore kind) {
    return kind == ProcessorStore.OFFICIAL
        ? new BlobCheckpointStore(services.container(EmbeddedServices.CONTAINER))
        : ours().asProcessorStore();
  }

  /** Waits for an answer for longer than a busy machine keeps it. */
  private BlobPartitionStore ours() {
    return BlobPartitionStore.create(
        services.container(EmbeddedServices.CONTAINER), Duration.ofSeconds(30));
  }

  private Consumer.DrainingControl<Done> consume(Queue<String> processed) {
    return RecordingStream.run(
        node.system(),
        services.consumerSettings(node.system()),
        Subscriptions.clusterSharded(),
        processed);
  }

  private List<Map<String, String>> storedCheckpoints() {
    return services
        .container(EmbeddedServices.CONTAINER)
        .listBlobs(
            new ListBlobsOptions().setDetails(new BlobListDetails().setRetrieveMetadata(true)))
        .filter(blob -> blob.getName().contains("/checkpoint/"))
        .map(BlobItem::getMetadata)
        .collectList()
        .blockOptional(PATIENCE)
        .orElseThrow();
  }

  private void awaitCheckpoints(long sequenceNumber) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                services
                    .checkpoints()
                    .equals(
                        Map.of(
                            "0", sequenceNumber,
                            "1", sequenceNumber,
                            "2", sequenceNumber,
                            "3", sequenceNumber)));
  }

  private void processOfficially(ProcessorStore kind, int from, int to) {
    try (OfficialProcessor processor =
        OfficialProcessor.on(services).withStore(store(kind)).start()) {
      awaitCheckpoints(to - 1);
      assertThat(processor.processed()).containsExactlyInAnyOrderElementsOf(events(from, to));
    }
    await().atMost(PATIENCE).until(() -> services.owners().values().stream().allMatch(""::equals));
  }

  private void processWithOurStream(int from, int to) throws Exception {
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control = consume(processed);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * (to - from));
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(processed).containsExactlyInAnyOrderElementsOf(events(from, to));
    awaitCheckpoints(to - 1);
  }

  private static List<String> events(int from, int to) {
    return Stream.iterate(from, event -> event < to, event -> event + 1)
        .flatMap(event -> Stream.of("0/", "1/", "2/", "3/").map(partition -> partition + event))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(ProcessorStore.class)
  void eachGoesOnExactlyWhereTheOtherHasStopped(ProcessorStore kind) throws Exception {
    services.sendToEach(50);
    processOfficially(kind, 0, 50);
    services.sendToEach(50);
    processWithOurStream(50, 100);
    services.sendToEach(50);
    processOfficially(kind, 100, 150);
    services.sendToEach(50);
    processWithOurStream(150, 200);
  }

  /**
   * In azure-messaging-eventhubs 5.21.5. Stores of other languages cannot read such a checkpoint.
   */
  @Test
  void theCallbackForSingleEventsStoresNoOffsetAndOurStreamGoesOnThere() throws Exception {
    services.sendToEach(20);
    try (OfficialProcessor processor =
        OfficialProcessor.on(services)
            .withStore(store(ProcessorStore.OFFICIAL))
            .withSingleEvents()
            .start()) {
      awaitCheckpoints(19);
      assertThat(storedCheckpoints())
          .hasSize(PARTITIONS)
          .allSatisfy(
              metadata ->
                  assertThat(metadata)
                      .containsEntry("sequencenumber", "19")
                      .doesNotContainKey("offset"));
      assertThat(processor.processed()).containsExactlyInAnyOrderElementsOf(events(0, 20));
    }
    await().atMost(PATIENCE).until(() -> services.owners().values().stream().allMatch(""::equals));

    services.sendToEach(20);
    processWithOurStream(20, 40);
    assertThat(storedCheckpoints())
        .allSatisfy(metadata -> assertThat(metadata).containsKey("offset"));
  }

  /** The same callback, on our store: every checkpoint has its offset. */
  @Test
  void onOurStoreTheCallbackForSingleEventsStoresTheOffset() {
    services.sendToEach(5);
    try (OfficialProcessor processor =
        OfficialProcessor.on(services)
            .withStore(store(ProcessorStore.OURS))
            .withSingleEvents()
            .start()) {
      awaitCheckpoints(4);
      assertThat(processor.processed()).hasSize(PARTITIONS * 5);
    }
    assertThat(storedCheckpoints())
        .hasSize(PARTITIONS)
        .allSatisfy(metadata -> assertThat(metadata).containsKey("offset"));
  }

  @Test
  void aStreamGoesOnWhereAPythonPreviewHasStopped() throws Exception {
    services.sendToEach(50);
    services.blobs().createContainer("python");
    BlobContainerAsyncClient preview = services.container("python");
    for (String partition : List.of("0", "1", "2", "3")) {
      StoredEvent last = services.eventHubs().events(EmbeddedServices.EVENT_HUB, partition).get(29);
      preview
          .getBlobAsyncClient(partition)
          .getBlockBlobAsyncClient()
          .uploadWithResponse(
              new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(new byte[0]))
                  .setMetadata(
                      Map.of(
                          "owner_id",
                          "python",
                          "offset",
                          last.offset(),
                          "sequence_number",
                          Long.toString(last.sequenceNumber()))))
          .block(PATIENCE);
    }

    Map<String, Outcome> outcomes =
        CheckpointMigration.fromPythonPreview(preview)
            .into(ours(), "localhost", EmbeddedServices.EVENT_HUB, EmbeddedServices.CONSUMER_GROUP)
            .toCompletableFuture()
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(outcomes.values()).hasSize(PARTITIONS).containsOnly(Outcome.TAKEN_OVER);
    processWithOurStream(30, 50);
  }

  @Test
  void twoProcessorsShareAnEventHubThroughOurStoreAndTheOneThatStaysTakesAll() throws Exception {
    CheckpointStore store = store(ProcessorStore.OURS);
    try (OfficialProcessor first = OfficialProcessor.on(services).withStore(store).start()) {
      try (OfficialProcessor second = OfficialProcessor.on(services).withStore(store).start()) {
        await()
            .atMost(PATIENCE)
            .until(() -> first.partitions().size() == 2 && second.partitions().size() == 2);
        services.sendToEach(50);
        awaitCheckpoints(49);
        // A processor that loses a partition while events arrive repeats what it has not stored.
        assertThat(Stream.concat(first.processed().stream(), second.processed().stream()))
            .containsAll(events(0, 50));
        assertThat(services.owners().values()).hasSize(PARTITIONS).doesNotContain("");
      }
      await().atMost(PATIENCE).until(() -> first.partitions().size() == PARTITIONS);
      services.sendToEach(50);
      awaitCheckpoints(99);
    }
    await().atMost(PATIENCE).until(() -> services.owners().values().stream().allMatch(""::equals));

    services.sendToEach(50);
    processWithOurStream(100, 150);
  }
}
