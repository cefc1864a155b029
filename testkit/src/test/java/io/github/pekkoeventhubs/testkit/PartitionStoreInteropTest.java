// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import com.azure.storage.blob.BlobContainerAsyncClient;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.emulator.clients.AzuriteServer;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.emulator.clients.NodeTools;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.FenceOutcome;
import io.github.pekkoeventhubs.store.FencedCheckpoint;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import io.github.pekkoeventhubs.store.ReleaseOutcome;
import io.github.pekkoeventhubs.store.WriteOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Our store and the official JavaScript one on the same blobs: what one writes the other reads, and
 * a stale ETag is refused by either. The same with the official Java one.
 */
class PartitionStoreInteropTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Test
  void theStoresShareBlobsOnTheEmbeddedService() {
    NodeTools.assumeInstalled();
    try (BlobEmulator blobs = BlobEmulator.start()) {
      shareBlobs(blobs.connectionString());
    }
  }

  @Test
  void theStoresShareBlobsOnAzurite() {
    try (AzuriteServer azurite = AzuriteServer.start()) {
      shareBlobs(azurite.connectionString());
    }
  }

  @Test
  void theJavaStoreSharesBlobsOnTheEmbeddedService() {
    try (BlobEmulator blobs = BlobEmulator.start()) {
      shareBlobsWithTheJavaStore(blobs.connectionString());
    }
  }

  @Test
  void theJavaStoreSharesBlobsOnAzurite() {
    try (AzuriteServer azurite = AzuriteServer.start()) {
      shareBlobsWithTheJavaStore(azurite.connectionString());
    }
  }

  /**
   * Checkpoints for these positions: before the first event, before the first kept one, after one.
   */
  @Test
  void theJavaScriptStoreReadsTheCheckpointOfAFirstClaim() {
    NodeTools.assumeInstalled();
    try (BlobEmulator blobs = BlobEmulator.start()) {
      BlobContainerAsyncClient container =
          BlobClients.asyncContainer(blobs.connectionString(), "checkpoints");
      container.create().block(TIMEOUT);
      PartitionStore store = BlobPartitionStore.create(container, Duration.ofSeconds(30));
      claimAndFence(store, "0", -1, StoredCheckpoint.BEFORE_FIRST_OFFSET);
      claimAndFence(store, "1", 99, StoredCheckpoint.BEFORE_FIRST_OFFSET);
      claimAndFence(store, "2", 7, "8589934592");
      claimAndFence(store, "3", 9, "3:128:78");

      assertThat(javaScript(blobs.connectionString(), "list"))
          .filteredOn(line -> line.startsWith("checkpoint"))
          .containsExactlyInAnyOrder(
              "checkpoint 0 -1 -1",
              "checkpoint 1 -1 99",
              "checkpoint 2 8589934592 7",
              "checkpoint 3 3:128:78 9");
    }
  }

  private static void claimAndFence(
      PartitionStore store, String partitionId, long sequenceNumber, String offset) {
    EventHubPartition partition =
        new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", partitionId);
    OwnershipClaim claim =
        held(
            new OwnershipProtocol(store)
                .claim(partition, get(store.readOwnership(partition)), "node-a"));
    Map<String, String> start = StoredCheckpoint.entriesOf(sequenceNumber, offset);
    assertThat(
            get(
                FencedCheckpoint.fence(
                    store, claim, () -> CompletableFuture.completedStage(start))))
        .isInstanceOf(FenceOutcome.Fenced.class);
  }

  private static void shareBlobsWithTheJavaStore(String connectionString) {
    BlobContainerAsyncClient container =
        BlobClients.asyncContainer(connectionString, "java-checkpoints");
    container.create().block(TIMEOUT);
    BlobCheckpointStore official = new BlobCheckpointStore(container);
    PartitionStore store = BlobPartitionStore.create(container, Duration.ofSeconds(30));
    OwnershipProtocol protocol = new OwnershipProtocol(store);
    OwnershipClaim claim =
        held(protocol.claim(PARTITION, get(store.readOwnership(PARTITION)), "node-a"));
    CheckpointWriter checkpoint = fence(store, claim);
    get(checkpoint.write(CheckpointPosition.of(10, "1000")));

    PartitionOwnership seen = officialOwnership(official);
    assertThat(seen.getOwnerId()).isEqualTo("node-a");
    Checkpoint read =
        official
            .listCheckpoints("ns.servicebus.windows.net", "orders", "$default")
            .collectList()
            .blockOptional(TIMEOUT)
            .orElseThrow()
            .get(0);
    assertThat(read.getSequenceNumber()).isEqualTo(10L);
    assertThat(read.getOffsetString()).isEqualTo("1000");

    // Our renewal makes what the processor has seen stale; what it sees then lets it claim.
    held(protocol.renew(claim));
    assertThat(official.claimOwnership(List.of(seen.setOwnerId("processor"))).blockFirst(TIMEOUT))
        .isNull();
    assertThat(
            official
                .claimOwnership(List.of(officialOwnership(official).setOwnerId("processor")))
                .blockFirst(TIMEOUT))
        .isNotNull();
    assertThat(get(protocol.verify(claim))).isInstanceOf(ClaimOutcome.Lost.class);

    official.updateCheckpoint(read.setSequenceNumber(20L).setOffsetString("2000")).block(TIMEOUT);
    StoredCheckpoint goOn = get(store.readCheckpoint(PARTITION)).orElseThrow();
    assertThat(goOn.sequenceNumber()).hasValue(20);
    assertThat(goOn.offset()).contains("2000");
    assertThat(get(store.readOwnership(PARTITION)).orElseThrow().ownerId()).isEqualTo("processor");
  }

  private static PartitionOwnership officialOwnership(BlobCheckpointStore official) {
    return official
        .listOwnership("ns.servicebus.windows.net", "orders", "$default")
        .collectList()
        .blockOptional(TIMEOUT)
        .orElseThrow()
        .get(0);
  }

  private static void shareBlobs(String connectionString) {
    BlobContainerAsyncClient container =
        BlobClients.asyncContainer(connectionString, "checkpoints");
    container.create().block(TIMEOUT);
    PartitionStore store = BlobPartitionStore.create(container, Duration.ofSeconds(30));
    OwnershipProtocol protocol = new OwnershipProtocol(store);
    OwnershipClaim claim =
        held(protocol.claim(PARTITION, get(store.readOwnership(PARTITION)), "node-a"));
    CheckpointWriter checkpoint = fence(store, claim);
    assertThat(get(checkpoint.write(new CheckpointPosition(10, "1000", Map.of(), "12-14", 1))))
        .isEqualTo(WriteOutcome.WRITTEN);
    OwnershipClaim renewed = held(protocol.renew(claim));

    assertThat(
            javaScript(
                connectionString,
                "list",
                "claim 0 thief " + claim.record().version(),
                "claim 0 script " + renewed.record().version(),
                "checkpoint 0 2000 20"))
        .containsExactly(
            "ownership 0 node-a " + renewed.record().version(),
            "checkpoint 0 1000 10",
            "refused 0",
            "claimed 0",
            "stored 0");

    assertThat(get(protocol.verify(renewed)))
        .isInstanceOfSatisfying(
            ClaimOutcome.Lost.class,
            lost -> assertThat(lost.current().orElseThrow().ownerId()).isEqualTo("script"));
    assertThat(get(checkpoint.write(CheckpointPosition.of(11, "1100"))))
        .isEqualTo(WriteOutcome.LOST);

    StoredOwnership theirs = get(store.readOwnership(PARTITION)).orElseThrow();
    assertThat(get(store.listOwnerships("ns.servicebus.windows.net", "orders", "$Default")))
        .extracting(StoredOwnership::version)
        .containsExactly(theirs.version());
    OwnershipClaim again =
        held(protocol.claim(PARTITION, get(store.readOwnership(PARTITION)), "node-b"));
    StoredCheckpoint goOn = fence(store, again).stored().orElseThrow();
    assertThat(goOn.sequenceNumber()).hasValue(20);
    assertThat(goOn.offset()).contains("2000");
    assertThat(get(protocol.release(again))).isEqualTo(ReleaseOutcome.RELEASED);
    assertThat(javaScript(connectionString, "list"))
        .element(0)
        .asString()
        .startsWith("ownership 0 - ");
  }

  private static CheckpointWriter fence(PartitionStore store, OwnershipClaim claim) {
    FenceOutcome outcome =
        get(
            FencedCheckpoint.fence(
                store,
                claim,
                () -> CompletableFuture.completedStage(StoredCheckpoint.entriesOf(-1, "-1"))));
    return ((FenceOutcome.Fenced) outcome).checkpoint();
  }

  private static OwnershipClaim held(CompletionStage<ClaimOutcome> outcome) {
    return ((ClaimOutcome.Held) get(outcome)).claim();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
  }

  private static List<String> javaScript(String connectionString, String... commands) {
    List<String> arguments = new ArrayList<>(List.of(connectionString, "checkpoints"));
    arguments.addAll(Arrays.asList(commands));
    NodeTools.Result result =
        NodeTools.run(
            "checkpoint-store.js", Duration.ofSeconds(60), arguments.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result
        .output()
        .lines()
        .filter(line -> line.startsWith("> "))
        .map(line -> line.substring(2))
        .toList();
  }
}
