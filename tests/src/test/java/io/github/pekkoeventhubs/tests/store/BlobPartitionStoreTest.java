// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.BinaryData;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.emulator.blob.BlobSnapshot;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.FenceOutcome;
import io.github.pekkoeventhubs.store.FencedCheckpoint;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import io.github.pekkoeventhubs.store.WriteOutcome;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.PartitionStoreContract;
import io.github.pekkoeventhubs.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract, the shared layout, and what each failure is called, on the embedded service. */
class BlobPartitionStoreTest extends PartitionStoreContract {

  private static final String CONTAINER = "checkpoints";
  private static final String FOLDER = "my-namespace.servicebus.windows.net/orders/$default/";

  private final SettableClock clock = SettableClock.create();
  private final BlobEmulator blobs =
      BlobEmulator.builder().clock(clock).container(CONTAINER).start();
  private final PartitionStore store = fromConfig(blobs.connectionString(), CONTAINER);

  @AfterEach
  void stop() {
    blobs.close();
  }

  @Override
  protected PartitionStore store() {
    return store;
  }

  @Override
  protected void passTime(Duration time) {
    clock.advance(time);
  }

  // The layout.

  @Test
  void blobsHaveTheNamesAndEntriesThatAllOfficialStoresShare() {
    createdOwnership("3", "node-a", Map.of());
    get(store.createCheckpoint(partition("3"), StoredCheckpoint.entriesOf(41, "4096")));

    assertThat(metadata(FOLDER + "ownership/3")).isEqualTo(Map.of("ownerid", "node-a"));
    assertThat(metadata(FOLDER + "checkpoint/3"))
        .isEqualTo(Map.of("sequencenumber", "41", "offset", "4096"));
    assertThat(blobs.blobs(CONTAINER)).hasSize(2);
  }

  @Test
  void theOfficialStoreReadsOurs() {
    createdOwnership("0", "node-a", Map.of("pekkoclaim", "token"));
    createdOwnership("1", "", Map.of());
    get(store.createCheckpoint(partition("0"), StoredCheckpoint.entriesOf(41, "3:128:78")));

    List<PartitionOwnership> ownerships = ownershipsSeenByTheOfficialStore();
    assertThat(ownerships)
        .extracting(ownership -> ownership.getPartitionId() + "=" + ownership.getOwnerId())
        .containsExactlyInAnyOrder("0=node-a", "1=");
    assertThat(
            official()
                .listCheckpoints(lower(NAMESPACE), lower(HUB), lower(GROUP))
                .collectList()
                .block())
        .singleElement()
        .satisfies(
            checkpoint -> {
              assertThat(checkpoint.getPartitionId()).isEqualTo("0");
              assertThat(checkpoint.getSequenceNumber()).isEqualTo(41);
              assertThat(checkpoint.getOffsetString()).isEqualTo("3:128:78");
            });
  }

  @Test
  void weReadTheOfficialStores() {
    claimOfficially(new PartitionOwnership().setOwnerId("processor"));
    official()
        .updateCheckpoint(
            new Checkpoint()
                .setFullyQualifiedNamespace(lower(NAMESPACE))
                .setEventHubName(lower(HUB))
                .setConsumerGroup(lower(GROUP))
                .setPartitionId("0")
                .setSequenceNumber(7L)
                .setOffsetString("700"))
        .block();

    StoredOwnership ownership = get(store.readOwnership(partition("0"))).orElseThrow();
    assertThat(ownership.ownerId()).isEqualTo("processor");
    StoredCheckpoint checkpoint = get(store.readCheckpoint(partition("0"))).orElseThrow();
    assertThat(checkpoint.sequenceNumber()).hasValue(7);
    assertThat(checkpoint.offset()).contains("700");
  }

  @Test
  void theOfficialStoreAndOursRefuseEachOthersStaleClaims() {
    OwnershipProtocol protocol = new OwnershipProtocol(store);
    OwnershipClaim ours = claim(protocol, "node-a");
    PartitionOwnership seen = ownershipsSeenByTheOfficialStore().get(0);
    OwnershipClaim renewed = ((ClaimOutcome.Held) get(protocol.renew(ours))).claim();

    assertThat(claimOfficially(seen.setOwnerId("thief"))).isEmpty();

    seen = ownershipsSeenByTheOfficialStore().get(0);
    assertThat(claimOfficially(seen.setOwnerId("thief"))).hasSize(1);
    assertThat(get(protocol.renew(renewed)))
        .isInstanceOfSatisfying(
            ClaimOutcome.Lost.class,
            lost -> assertThat(lost.current().orElseThrow().ownerId()).isEqualTo("thief"));
    assertThat(get(store.replaceOwnership(renewed.record(), "node-a", Map.of()))).isEmpty();
  }

  @Test
  void aCheckpointUnderItsVerbatimNameIsTakenOverAndThenLeftAlone() {
    official()
        .updateCheckpoint(
            new Checkpoint()
                .setFullyQualifiedNamespace(NAMESPACE)
                .setEventHubName(HUB)
                .setConsumerGroup(GROUP)
                .setPartitionId("0")
                .setSequenceNumber(7L)
                .setOffsetString("700"))
        .block();
    String verbatim = NAMESPACE + "/" + HUB + "/" + GROUP + "/checkpoint/0";
    assertThat(blobs.blob(CONTAINER, verbatim)).isPresent();
    assertThat(get(store.listCheckpoints(NAMESPACE, HUB, GROUP)).get("0").sequenceNumber())
        .hasValue(7);

    CheckpointWriter checkpoint = fence(claim(new OwnershipProtocol(store), "node-a"));

    assertThat(checkpoint.stored().orElseThrow().sequenceNumber()).hasValue(7);
    assertThat(metadata(FOLDER + "checkpoint/0"))
        .containsAllEntriesOf(Map.of("sequencenumber", "7", "offset", "700"))
        .containsOnlyKeys("sequencenumber", "offset", StoredCheckpoint.FENCING_TOKEN);
    assertThat(get(checkpoint.write(CheckpointPosition.of(8, "800"))))
        .isEqualTo(WriteOutcome.WRITTEN);
    assertThat(metadata(verbatim)).isEqualTo(Map.of("sequencenumber", "7", "offset", "700"));
    assertThat(get(store.listCheckpoints(NAMESPACE, HUB, GROUP)).get("0").sequenceNumber())
        .hasValue(8);
  }

  @Test
  void blobsThatAreNoPartitionsAreNotListed() {
    createdOwnership("0", "node-a", Map.of());
    BlobContainerAsyncClient client = container(blobs.connectionString(), CONTAINER);
    client
        .getBlobAsyncClient(FOLDER + "ownership/0/deeper")
        .getBlockBlobAsyncClient()
        .uploadWithResponse(
            new BlockBlobSimpleUploadOptions(BinaryData.fromString(""))
                .setMetadata(Map.of("ownerid", "x")))
        .block();
    client
        .getBlobAsyncClient(FOLDER + "ownership/folder")
        .upload(BinaryData.fromString("x"))
        .block();

    assertThat(get(store.listOwnerships(NAMESPACE, HUB, GROUP)))
        .singleElement()
        .extracting(ownership -> ownership.partition().partitionId())
        .isEqualTo("0");
  }

  // What it costs.

  @Test
  void aCommitIsOneRequest() {
    CheckpointWriter checkpoint = fence(claim(new OwnershipProtocol(store), "node-a"));
    Map<BlobOperation, Long> before = blobs.requests();

    for (int number = 1; number <= 10; number++) {
      get(checkpoint.write(CheckpointPosition.of(number, "o" + number)));
    }

    assertThat(total(blobs.requests()) - total(before)).isEqualTo(10);
    assertThat(
            blobs.requests(BlobOperation.SET_METADATA)
                - before.getOrDefault(BlobOperation.SET_METADATA, 0L))
        .isEqualTo(10);
  }

  @Test
  void aClaimWithItsFenceCostsFourRequestsBesideTheFirstRead() {
    CheckpointWriter old = fence(claim(new OwnershipProtocol(store), "node-a"));
    get(old.write(CheckpointPosition.of(1, "o1")));
    Optional<StoredOwnership> seen = get(store.readOwnership(partition("0")));
    long before = total(blobs.requests());

    ClaimOutcome outcome = get(new OwnershipProtocol(store).claim(partition("0"), seen, "node-b"));
    fence(((ClaimOutcome.Held) outcome).claim());

    assertThat(total(blobs.requests()) - before).isEqualTo(4);
  }

  // Failures.

  @Test
  void aMissingContainerIsNamedAndNeverAnAbsentRecord() {
    PartitionStore misnamed = fromConfig(blobs.connectionString(), "chekpoints");

    for (CompletableFuture<?> request : requestsTo(misnamed)) {
      PartitionStoreException failure = failure(request);
      assertThat(failure.isTransient()).isFalse();
      assertThat(failure)
          .hasMessageContaining("'chekpoints'")
          .hasMessageContaining("'devstoreaccount1'")
          .hasMessageContaining("create it or correct the name");
    }
  }

  @Test
  void aWrongKeyIsCalledThatForEveryRequest() {
    String wrong =
        blobs.connectionString().replaceFirst("AccountKey=[^;]*", "AccountKey=d3Jvbmcga2V5");

    for (CompletableFuture<?> request : requestsTo(fromConfig(wrong, CONTAINER))) {
      PartitionStoreException failure = failure(request);
      assertThat(failure.isTransient()).isFalse();
      assertThat(failure).hasMessageContaining("account key").hasMessageContaining("403");
      assertThat(failure.getMessage()).doesNotContain("d3Jvbmcga2V5");
    }
  }

  @Test
  void throttlingAndErrorsOfTheServiceMayPass() {
    blobs.faults().next(1).answer(503, "ServerBusy");
    assertThat(failure(store.readOwnership(partition("0"))).isTransient()).isTrue();
    blobs.faults().next(1).answer(500, "InternalError");
    assertThat(failure(store.createOwnership(partition("0"), "a", Map.of())).isTransient())
        .isTrue();
    blobs.faults().next(1).answer(429, "TooManyRequests");
    assertThat(failure(store.listOwnerships(NAMESPACE, HUB, GROUP)).isTransient()).isTrue();

    assertThat(total(blobs.requests())).as("requests without retries").isEqualTo(3);
  }

  @Test
  void aDroppedConnectionMayPassAndTheWriteMayHaveBeenApplied() {
    blobs.faults().next(1).of(BlobOperation.PUT_BLOB).dropReply();

    PartitionStoreException failure =
        failure(store.createOwnership(partition("0"), "node-a", Map.of()));

    assertThat(failure.isTransient()).isTrue();
    assertThat(get(store.readOwnership(partition("0"))).orElseThrow().ownerId())
        .isEqualTo("node-a");
  }

  @Test
  void aRequestWithoutAnAnswerFailsAfterTheRequestTimeout() {
    PartitionStore impatient =
        fromConfig(blobs.connectionString(), CONTAINER, "request-timeout = 100ms");
    BlobFault held = blobs.faults().next(1).hold();

    PartitionStoreException failure = failure(impatient.readOwnership(partition("0")));

    assertThat(failure.isTransient()).isTrue();
    assertThat(failure).hasMessageContaining("100 ms");
    held.release();
  }

  @Test
  void aClientOfTheUsersOwnHasARequestTimeoutToo() {
    BlobContainerAsyncClient client =
        new BlobContainerClientBuilder()
            .connectionString(blobs.connectionString())
            .containerName(CONTAINER)
            .httpClient(BlobPartitionStore.httpClient())
            .buildAsyncClient();
    PartitionStore impatient = BlobPartitionStore.create(client, Duration.ofMillis(100));
    BlobFault held = blobs.faults().next(1).hold();

    PartitionStoreException failure = failure(impatient.readOwnership(partition("0")));

    assertThat(failure.isTransient()).isTrue();
    assertThat(failure).hasMessageContaining("no answer within 100 ms");
    held.release();
    assertThatThrownBy(() -> BlobPartitionStore.create(client, Duration.ofMillis(49)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("requestTimeout");
  }

  @Test
  void aServiceThatIsNotThereMayComeBack() {
    blobs.close();

    PartitionStoreException failure = failure(store.readOwnership(partition("0")));

    assertThat(failure.isTransient()).isTrue();
    assertThat(failure).hasMessageContaining("could not be reached");
  }

  @Test
  void aLeaseOnABlobIsNoLostRace() {
    StoredOwnership created = createdOwnership("0", "node-a", Map.of());
    blobs.faults().next(1).of(BlobOperation.SET_METADATA).answer(412, "LeaseIdMissing");

    PartitionStoreException failure = failure(store.replaceOwnership(created, "b", Map.of()));

    assertThat(failure.isTransient()).isFalse();
    assertThat(failure).hasMessageContaining("lease");
  }

  @Test
  void aBlobThatWasDeletedRefusesItsOldVersion() {
    StoredOwnership created = createdOwnership("0", "node-a", Map.of());
    blobs.faults().next(1).of(BlobOperation.SET_METADATA).answer(404, "BlobNotFound");

    assertThat(get(store.replaceOwnership(created, "b", Map.of()))).isEmpty();
  }

  @Test
  void aServiceVersionThatIsTooNewIsExplained() {
    blobs.faults().next(1).answer(400, "InvalidHeaderValue");

    assertThat(failure(store.readOwnership(partition("0"))))
        .hasMessageContaining("service-version");
  }

  @Test
  void anOwnerIdThatNoHeaderCanCarryIsRefused() {
    for (String ownerId : List.of("knoten-ä", " node", "node\n")) {
      assertThatThrownBy(() -> store.createOwnership(partition("0"), ownerId, Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("printable ASCII");
    }
    assertThat(blobs.blobs(CONTAINER)).isEmpty();
  }

  @Test
  void aClientOfTheUsersOwnServesAsWell() {
    PartitionStore own =
        BlobPartitionStore.create(
            container(blobs.connectionString(), CONTAINER), Duration.ofSeconds(30));
    createdOwnership("0", "node-a", Map.of());

    assertThat(get(own.readOwnership(partition("0"))).orElseThrow().ownerId()).isEqualTo("node-a");
    assertThat(own.description()).isEqualTo(store.description());
  }

  private static List<CompletableFuture<?>> requestsTo(PartitionStore store) {
    StoredOwnership expected =
        new StoredOwnership(partition("0"), "", Map.of(), "0x1", Instant.EPOCH, Instant.EPOCH);
    Map<String, String> entries = StoredCheckpoint.entriesOf(1, "o1");
    return List.of(
        store.readOwnership(partition("0")).toCompletableFuture(),
        store.createOwnership(partition("0"), "node", Map.of()).toCompletableFuture(),
        store.replaceOwnership(expected, "node", Map.of()).toCompletableFuture(),
        store.listOwnerships(NAMESPACE, HUB, GROUP).toCompletableFuture(),
        store.readCheckpoint(partition("0")).toCompletableFuture(),
        store.createCheckpoint(partition("0"), entries).toCompletableFuture(),
        store.replaceCheckpoint(partition("0"), entries, "0x1").toCompletableFuture(),
        store.listCheckpoints(NAMESPACE, HUB, GROUP).toCompletableFuture(),
        store.serverTime().toCompletableFuture());
  }

  private static PartitionStoreException failure(CompletionStage<?> request) {
    return catchThrowableOfType(PartitionStoreException.class, () -> get(request));
  }

  private Map<String, String> metadata(String blob) {
    return blobs.blob(CONTAINER, blob).map(BlobSnapshot::metadata).orElseThrow();
  }

  private static long total(Map<BlobOperation, Long> requests) {
    return requests.values().stream().mapToLong(Long::longValue).sum();
  }

  private OwnershipClaim claim(OwnershipProtocol protocol, String ownerId) {
    ClaimOutcome outcome =
        get(protocol.claim(partition("0"), get(store.readOwnership(partition("0"))), ownerId));
    return ((ClaimOutcome.Held) outcome).claim();
  }

  private CheckpointWriter fence(OwnershipClaim claim) {
    FenceOutcome outcome =
        get(
            FencedCheckpoint.fence(
                store,
                claim,
                () -> CompletableFuture.completedStage(StoredCheckpoint.entriesOf(-1, "-1"))));
    return ((FenceOutcome.Fenced) outcome).checkpoint();
  }

  private BlobCheckpointStore official() {
    return new BlobCheckpointStore(container(blobs.connectionString(), CONTAINER));
  }

  private List<PartitionOwnership> ownershipsSeenByTheOfficialStore() {
    return official()
        .listOwnership(lower(NAMESPACE), lower(HUB), lower(GROUP))
        .collectList()
        .block();
  }

  private List<PartitionOwnership> claimOfficially(PartitionOwnership ownership) {
    return official()
        .claimOwnership(
            List.of(
                ownership
                    .setFullyQualifiedNamespace(lower(NAMESPACE))
                    .setEventHubName(lower(HUB))
                    .setConsumerGroup(lower(GROUP))
                    .setPartitionId("0")))
        .collectList()
        .block();
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static BlobContainerAsyncClient container(String connectionString, String name) {
    return new BlobContainerClientBuilder()
        .connectionString(connectionString)
        .containerName(name)
        .httpClient(new JdkHttpClientBuilder().build())
        .buildAsyncClient();
  }

  private static PartitionStore fromConfig(
      String connectionString, String container, String... settings) {
    String section =
        "connection-string = \""
            + connectionString
            + "\"\ncontainer = "
            + container
            // A busy machine may keep an answer for longer than the default.
            + "\nrequest-timeout = 30s\n"
            + String.join("\n", settings);
    return BlobPartitionStore.fromConfig(
        ConfigFactory.parseString(section)
            .withFallback(ConfigFactory.load().getConfig(BlobPartitionStore.CONFIG_PATH)));
  }
}
