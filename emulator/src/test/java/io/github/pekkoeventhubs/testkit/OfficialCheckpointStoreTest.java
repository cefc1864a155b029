// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Java SDK's own checkpoint store on the embedded Blob service. */
class OfficialCheckpointStoreTest {

  private static final String NAMESPACE = "ns.servicebus.windows.net";
  private static final String EVENT_HUB = "orders";
  private static final String GROUP = "$default";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final SettableClock clock =
      SettableClock.startingAt(Instant.parse("2026-03-01T12:00:00.250Z"));
  private BlobEmulator blobs;
  private BlobCheckpointStore store;

  @BeforeEach
  void start() {
    blobs = BlobEmulator.builder().container("checkpoints").clock(clock).start();
    store =
        new BlobCheckpointStore(
            BlobClients.asyncContainer(blobs.connectionString(), "checkpoints"));
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  @Test
  void claimsRenewsAndListsOwnership() {
    PartitionOwnership claimed = claim("0", "me", null).orElseThrow();
    clock.advance(Duration.ofSeconds(10));

    PartitionOwnership renewed = claim("0", "me", claimed.getETag()).orElseThrow();

    assertThat(renewed.getETag()).isNotEqualTo(claimed.getETag());
    assertThat(listOwnership())
        .singleElement()
        .satisfies(
            ownership -> {
              assertThat(ownership.getOwnerId()).isEqualTo("me");
              assertThat(ownership.getPartitionId()).isEqualTo("0");
              assertThat(ownership.getLastModifiedTime())
                  .isEqualTo(clock.instant().truncatedTo(ChronoUnit.SECONDS).toEpochMilli());
              assertThat(ownership.getETag()).isEqualTo(renewed.getETag());
            });
  }

  @Test
  void refusesAThiefWithAStaleETagOrNone() {
    PartitionOwnership first = claim("0", "me", null).orElseThrow();
    claim("0", "me", first.getETag()).orElseThrow();

    assertThat(claim("0", "thief", first.getETag())).isEmpty();
    assertThat(claim("0", "thief", null)).isEmpty();

    assertThat(listOwnership()).extracting(PartitionOwnership::getOwnerId).containsExactly("me");
    assertThat(blobs.writeAttempts())
        .extracting(write -> write.status())
        .containsExactly(201, 200, 412, 409);
  }

  @Test
  void releasesOwnership() {
    PartitionOwnership claimed = claim("0", "me", null).orElseThrow();

    claim("0", "", claimed.getETag()).orElseThrow();

    assertThat(blobs.blob("checkpoints", path("ownership", "0")).orElseThrow().metadata())
        .containsEntry("ownerid", "");
    assertThat(claim("0", "other", listOwnership().get(0).getETag())).isPresent();
  }

  @Test
  void writesAndListsCheckpoints() {
    checkpoint("0", "1000", 10L);
    checkpoint("0", "2000", 20L);
    checkpoint("1", "7", 7L);

    List<Checkpoint> checkpoints =
        store.listCheckpoints(NAMESPACE, EVENT_HUB, GROUP).collectList().block(TIMEOUT);

    assertThat(checkpoints)
        .extracting(
            Checkpoint::getPartitionId, Checkpoint::getOffsetString, Checkpoint::getSequenceNumber)
        .containsExactly(tuple("0", "2000", 20L), tuple("1", "7", 7L));
    assertThat(blobs.requests())
        .containsEntry(BlobOperation.GET_PROPERTIES, 3L)
        .containsEntry(BlobOperation.PUT_BLOB, 2L)
        .containsEntry(BlobOperation.SET_METADATA, 1L);
  }

  private Optional<PartitionOwnership> claim(
      String partition, String owner, @Nullable String etag) {
    PartitionOwnership wanted =
        new PartitionOwnership()
            .setFullyQualifiedNamespace(NAMESPACE)
            .setEventHubName(EVENT_HUB)
            .setConsumerGroup(GROUP)
            .setPartitionId(partition)
            .setOwnerId(owner)
            .setETag(etag);
    return store.claimOwnership(List.of(wanted)).next().blockOptional(TIMEOUT);
  }

  private void checkpoint(String partition, String offset, long sequenceNumber) {
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

  private List<PartitionOwnership> listOwnership() {
    return Objects.requireNonNull(
        store.listOwnership(NAMESPACE, EVENT_HUB, GROUP).collectList().block(TIMEOUT));
  }

  private static String path(String folder, String partition) {
    return String.join("/", NAMESPACE, EVENT_HUB, GROUP, folder, partition);
  }
}
