// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import com.azure.storage.blob.BlobContainerAsyncClient;
import io.github.pekkoeventhubs.emulator.clients.AzuriteServer;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.emulator.clients.NodeTools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The official checkpoint stores of Java and of JavaScript on the same blobs: what one writes the
 * other reads, and a stale ETag is refused by either.
 */
class CheckpointStoreInteropTest {

  private static final String NAMESPACE = "ns.servicebus.windows.net";
  private static final String EVENT_HUB = "orders";
  private static final String GROUP = "$default";
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

  private static void shareBlobs(String connectionString) {
    BlobContainerAsyncClient container =
        BlobClients.asyncContainer(connectionString, "checkpoints");
    container.create().block(TIMEOUT);
    BlobCheckpointStore java = new BlobCheckpointStore(container);

    String first = claim(java, "0", "java", null);
    String released = claim(java, "1", "java", null);
    claim(java, "1", "", released);
    String renewed = claim(java, "0", "java", first);
    checkpoint(java, "0", "1000", 10);

    assertThat(
            javaScript(
                connectionString,
                "list",
                "claim 0 thief " + quoted(first),
                "claim 0 script " + quoted(renewed),
                "claim 2 script",
                "checkpoint 0 2000 20",
                "checkpoint 2 7 7"))
        .containsExactly(
            "ownership 0 java " + quoted(renewed),
            "ownership 1 - " + quoted(etagOf(java, "1")),
            "checkpoint 0 1000 10",
            "refused 0",
            "claimed 0",
            "claimed 2",
            "stored 0",
            "stored 2");

    assertThat(ownerships(java))
        .extracting(ownership -> ownership.getPartitionId() + " " + ownership.getOwnerId())
        .containsExactly("0 script", "1 ", "2 script");
    assertThat(checkpoints(java)).containsExactly("0 2000 20", "2 7 7");
    assertThat(tryClaim(java, "0", "java", renewed)).isNull();
    assertThat(tryClaim(java, "0", "java", etagOf(java, "0"))).isNotNull();
  }

  /** The callback for single events of the Java processor stores such a checkpoint. */
  @Test
  void theStoreOfJavaScriptListsNothingWhereACheckpointHasNoOffset() {
    NodeTools.assumeInstalled();
    try (BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start()) {
      BlobCheckpointStore java =
          new BlobCheckpointStore(
              BlobClients.asyncContainer(blobs.connectionString(), "checkpoints"));
      java.updateCheckpoint(
              new Checkpoint()
                  .setFullyQualifiedNamespace(NAMESPACE)
                  .setEventHubName(EVENT_HUB)
                  .setConsumerGroup(GROUP)
                  .setPartitionId("0")
                  .setSequenceNumber(10L))
          .block(TIMEOUT);

      NodeTools.Result listed =
          NodeTools.run(
              "checkpoint-store.js",
              Duration.ofSeconds(60),
              blobs.connectionString(),
              "checkpoints",
              "list");

      assertThat(listed.exitCode()).isNotZero();
      assertThat(listed.output()).contains("Missing metadata property 'offset'");
    }
  }

  private static String claim(
      BlobCheckpointStore store, String partition, String owner, @Nullable String etag) {
    return Objects.requireNonNull(tryClaim(store, partition, owner, etag), "not claimed");
  }

  /** The new ETag, or null if the claim was refused. */
  private static @Nullable String tryClaim(
      BlobCheckpointStore store, String partition, String owner, @Nullable String etag) {
    PartitionOwnership wanted =
        new PartitionOwnership()
            .setFullyQualifiedNamespace(NAMESPACE)
            .setEventHubName(EVENT_HUB)
            .setConsumerGroup(GROUP)
            .setPartitionId(partition)
            .setOwnerId(owner)
            .setETag(etag);
    return store
        .claimOwnership(List.of(wanted))
        .next()
        .map(PartitionOwnership::getETag)
        .block(TIMEOUT);
  }

  private static void checkpoint(
      BlobCheckpointStore store, String partition, String offset, long sequenceNumber) {
    store
        .updateCheckpoint(
            new Checkpoint()
                .setFullyQualifiedNamespace(NAMESPACE)
                .setEventHubName(EVENT_HUB)
                .setConsumerGroup(GROUP)
                .setPartitionId(partition)
                .setOffsetString(offset)
                .setSequenceNumber(sequenceNumber))
        .block(TIMEOUT);
  }

  private static List<PartitionOwnership> ownerships(BlobCheckpointStore store) {
    return Objects.requireNonNull(
        store.listOwnership(NAMESPACE, EVENT_HUB, GROUP).collectList().block(TIMEOUT));
  }

  private static String etagOf(BlobCheckpointStore store, String partition) {
    return ownerships(store).stream()
        .filter(ownership -> ownership.getPartitionId().equals(partition))
        .map(PartitionOwnership::getETag)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> checkpoints(BlobCheckpointStore store) {
    List<String> found = new ArrayList<>();
    for (Checkpoint checkpoint : store.listCheckpoints(NAMESPACE, EVENT_HUB, GROUP).toIterable()) {
      found.add(
          checkpoint.getPartitionId()
              + " "
              + checkpoint.getOffsetString()
              + " "
              + checkpoint.getSequenceNumber());
    }
    return found;
  }

  /** The ETag as JavaScript lists it. */
  private static String quoted(String etag) {
    return etag.replace("\"", "");
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
