// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import static io.github.pekkoeventhubs.testkit.PartitionStoreContract.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CheckpointMigration;
import io.github.pekkoeventhubs.CheckpointMigration.Outcome;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.SettableClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Positions of the previews of Python's checkpoint store, one blob per partition at the root. */
class CheckpointMigrationTest {

  private static final String CONTAINER = "checkpoints";
  private static final String NAMESPACE = "ns.servicebus.windows.net";

  private final SettableClock clock = SettableClock.create();
  private final BlobEmulator blobs =
      BlobEmulator.builder().clock(clock).container(CONTAINER).start();
  private final BlobContainerAsyncClient container = container(CONTAINER);
  private final BlobPartitionStore store =
      BlobPartitionStore.create(container, Duration.ofSeconds(30));

  @AfterEach
  void stop() {
    blobs.close();
  }

  @Test
  void aPositionBecomesACheckpoint() {
    preview("0", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "17"));
    preview("1", Map.of("owner_id", "b", "offset", "3:128:78", "sequence_number", "9"));

    assertThat(migrate()).isEqualTo(Map.of("0", Outcome.TAKEN_OVER, "1", Outcome.TAKEN_OVER));

    assertThat(entries("0")).isEqualTo(StoredCheckpoint.entriesOf(17, "4096"));
    assertThat(entries("1")).isEqualTo(StoredCheckpoint.entriesOf(9, "3:128:78"));
  }

  @Test
  void aPartitionThatWasOwnedAndNeverStoredHasNoCheckpoint() {
    preview("0", Map.of("owner_id", "a"));

    assertThat(migrate()).isEqualTo(Map.of("0", Outcome.WITHOUT_POSITION));
    assertThat(get(store.readCheckpoint(partition("0")))).isEmpty();
  }

  @Test
  void blobsThatAreNoPartitionAreIgnored() {
    preview("0", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "17"));
    preview("readme", Map.of("author", "somebody"));
    preview("other/ns/hub/0", Map.of("owner_id", "a", "offset", "1", "sequence_number", "1"));

    assertThat(migrate()).containsOnlyKeys("0");
    assertThat(migrate()).containsOnlyKeys("0");
  }

  @Test
  void runningItAgainChangesNothingAndWritesNothing() {
    preview("0", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "17"));
    migrate();
    int writes = blobs.writeAttempts().size();

    assertThat(migrate()).isEqualTo(Map.of("0", Outcome.ALREADY_AS_FAR));
    assertThat(blobs.writeAttempts()).hasSize(writes);
  }

  @Test
  void aCheckpointIsMovedForwardAndNeverBack() {
    preview("0", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "17"));
    preview("1", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "17"));
    get(store.createCheckpoint(partition("0"), StoredCheckpoint.entriesOf(18, "5000")));
    get(store.createCheckpoint(partition("1"), StoredCheckpoint.entriesOf(-1, "-1")));

    assertThat(migrate()).isEqualTo(Map.of("0", Outcome.ALREADY_AS_FAR, "1", Outcome.TAKEN_OVER));

    assertThat(entries("0")).isEqualTo(StoredCheckpoint.entriesOf(18, "5000"));
    assertThat(entries("1")).isEqualTo(StoredCheckpoint.entriesOf(17, "4096"));
  }

  @Test
  void theFencingTokenOfTheCheckpointIsKept() {
    preview("0", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "17"));
    get(
        store.createCheckpoint(
            partition("0"),
            Map.of(
                StoredCheckpoint.SEQUENCE_NUMBER,
                "3",
                StoredCheckpoint.OFFSET,
                "300",
                StoredCheckpoint.FENCING_TOKEN,
                "99")));

    assertThat(migrate()).isEqualTo(Map.of("0", Outcome.TAKEN_OVER));

    StoredCheckpoint stored = get(store.readCheckpoint(partition("0"))).orElseThrow();
    assertThat(stored.sequenceNumber()).hasValue(17);
    assertThat(stored.fencingToken()).hasValue(99);
  }

  @Test
  void aPartitionThatIsOwnedIsLeftAloneUntilItsClaimIsReleasedOrHasExpired() {
    preview("0", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "17"));
    get(store.createOwnership(partition("0"), "node-a", Map.of()));
    get(store.createCheckpoint(partition("0"), StoredCheckpoint.entriesOf(3, "300")));

    assertThat(migrate()).isEqualTo(Map.of("0", Outcome.OWNED));
    assertThat(entries("0")).isEqualTo(StoredCheckpoint.entriesOf(3, "300"));

    clock.advance(Duration.ofMinutes(3));
    assertThat(migrate()).isEqualTo(Map.of("0", Outcome.TAKEN_OVER));
  }

  @Test
  void aCheckpointThatIsWrittenMeanwhileIsReadAgain() {
    preview("0", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "17"));
    get(store.createCheckpoint(partition("0"), StoredCheckpoint.entriesOf(3, "300")));
    blobs.faults().next(1).of(BlobOperation.SET_METADATA).answer(412, "ConditionNotMet");

    assertThat(migrate()).isEqualTo(Map.of("0", Outcome.TAKEN_OVER));
    assertThat(entries("0")).isEqualTo(StoredCheckpoint.entriesOf(17, "4096"));
  }

  @ParameterizedTest
  @EnumSource(
      value = BlobOperation.class,
      names = {"LIST_BLOBS", "GET_PROPERTIES", "SET_METADATA"})
  void aRequestThatFailsForAPassingReasonIsRepeated(BlobOperation operation) {
    preview("0", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "17"));
    get(store.createCheckpoint(partition("0"), StoredCheckpoint.entriesOf(3, "300")));
    blobs.faults().next(2).of(operation).answer(503, "ServerBusy");

    assertThat(migrate()).isEqualTo(Map.of("0", Outcome.TAKEN_OVER));
    assertThat(entries("0")).isEqualTo(StoredCheckpoint.entriesOf(17, "4096"));
  }

  @Test
  void whatTheStoreRefusesIsNotRepeated() {
    blobs.faults().always().of(BlobOperation.LIST_BLOBS).answer(403, "AuthorizationFailure");
    long before = blobs.requests(BlobOperation.LIST_BLOBS);

    assertThatThrownBy(this::migrate).isInstanceOf(PartitionStoreException.class);
    assertThat(blobs.requests(BlobOperation.LIST_BLOBS)).isEqualTo(before + 1);
  }

  @Test
  void aPositionThatCannotBeReadIsNamed() {
    preview("0", Map.of("owner_id", "a", "offset", "4096", "sequence_number", "many"));
    assertThatThrownBy(this::migrate)
        .isInstanceOf(CheckpointUnreadableException.class)
        .hasMessageContaining("blob '0'")
        .hasMessageContaining("sequence_number");

    preview("0", Map.of("owner_id", "a", "sequence_number", "17"));
    assertThatThrownBy(this::migrate)
        .isInstanceOf(CheckpointUnreadableException.class)
        .hasMessageContaining("offset");
    assertThat(get(store.readCheckpoint(partition("0")))).isEmpty();
  }

  @Test
  void aMissingContainerIsAnErrorAndNotAnEmptyOne() {
    assertThatThrownBy(
            () ->
                get(
                    CheckpointMigration.fromPythonPreview(container("missing"))
                        .into(store, NAMESPACE, "orders", "billing")))
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining("missing");
  }

  private Map<String, Outcome> migrate() {
    return get(
        CheckpointMigration.fromPythonPreview(container)
            .into(store, NAMESPACE, "Orders", "billing"));
  }

  private Map<String, String> entries(String partitionId) {
    return get(store.readCheckpoint(partition(partitionId))).orElseThrow().entries();
  }

  private static EventHubPartition partition(String id) {
    return new EventHubPartition(NAMESPACE, "Orders", "billing", id);
  }

  /** Writes a blob as the previews did: with an empty body, replacing what was there. */
  private void preview(String name, Map<String, String> metadata) {
    container
        .getBlobAsyncClient(name)
        .getBlockBlobAsyncClient()
        .uploadWithResponse(
            new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(new byte[0]))
                .setMetadata(metadata))
        .block(Duration.ofSeconds(10));
  }

  /** The SDK does not repeat a request. */
  private BlobContainerAsyncClient container(String name) {
    return new BlobContainerClientBuilder()
        .retryOptions(
            new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Integer) null, null, null, null))
        .connectionString(blobs.connectionString())
        .containerName(name)
        .httpClient(new JdkHttpClientBuilder().build())
        .buildAsyncClient();
  }
}
