// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import static io.github.pekkoeventhubs.testkit.PartitionStoreContract.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.FenceOutcome;
import io.github.pekkoeventhubs.store.FencedCheckpoint;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import io.github.pekkoeventhubs.store.ReleaseOutcome;
import io.github.pekkoeventhubs.store.WriteOutcome;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Our store under the SDK's interface, and the SDK's store under ours. */
class ProcessorStoresTest {

  private static final String CONTAINER = "checkpoints";
  private static final EventHubPartition PARTITION =
      new EventHubPartition("My-Namespace", "Orders", "$Default", "0");
  private static final String CHECKPOINT = "my-namespace/orders/$default/checkpoint/0";

  private final SettableClock clock = SettableClock.create();
  private final BlobEmulator blobs =
      BlobEmulator.builder().clock(clock).container(CONTAINER).start();
  private final BlobPartitionStore ours =
      BlobPartitionStore.create(client(blobs.connectionString()), Duration.ofSeconds(30));
  private final CheckpointStore forProcessors = ours.asProcessorStore();
  private final CheckpointStore official =
      new BlobCheckpointStore(client(blobs.connectionString()));
  private final PartitionStore wrapped = PartitionStore.fromProcessorStore(official);

  @AfterEach
  void stop() {
    blobs.close();
  }

  @Test
  void nothingHappensBeforeASubscription() {
    forProcessors.claimOwnership(List.of(request("processor")));
    forProcessors.updateCheckpoint(checkpoint());
    forProcessors.listOwnership("ns", "hub", "group");

    assertThat(blobs.requests()).isEmpty();
  }

  @Test
  void aProcessorClaimsRenewsAndReleasesThroughOurs() {
    PartitionOwnership claimed = claim(forProcessors, request("processor")).orElseThrow();
    assertThat(claim(forProcessors, request("other"))).isEmpty();
    PartitionOwnership renewed = claim(forProcessors, claimed).orElseThrow();
    assertThat(renewed.getETag()).isNotEqualTo(claimed.getETag());
    assertThat(claim(forProcessors, claimed)).isEmpty();

    claim(forProcessors, renewed.setOwnerId("")).orElseThrow();

    assertThat(get(ours.readOwnership(PARTITION)).orElseThrow().isReleased()).isTrue();
    assertThat(blobs.blob(CONTAINER, "my-namespace/orders/$default/ownership/0")).isPresent();
  }

  @Test
  void theAgeOfAClaimIsTheServicesWhateverItsClockSays() {
    claim(forProcessors, request("processor"));
    clock.advance(Duration.ofSeconds(100));

    PartitionOwnership listed =
        forProcessors.listOwnership("My-Namespace", "Orders", "$Default").blockLast();

    assertThat(System.currentTimeMillis() - listed.getLastModifiedTime())
        .isBetween(99_000L, 130_000L);
  }

  @Test
  void aCheckpointIsWrittenWithTheOffsetHoweverItIsGiven() {
    forProcessors.updateCheckpoint(checkpoint().setOffsetString("3:128:78")).block();
    assertThat(metadata()).isEqualTo(Map.of("sequencenumber", "7", "offset", "3:128:78"));

    forProcessors.updateCheckpoint(withNumericOffset(checkpoint(), 700L)).block();
    assertThat(metadata()).isEqualTo(Map.of("sequencenumber", "7", "offset", "700"));

    Checkpoint listed =
        forProcessors.listCheckpoints("My-Namespace", "Orders", "$Default").blockLast();
    assertThat(listed.getSequenceNumber()).isEqualTo(7);
    assertThat(listed.getOffsetString()).isEqualTo("700");
    assertThat(listed.getPartitionId()).isEqualTo("0");
  }

  @Test
  void aCheckpointOfAProcessorThatUsesOursKeepsTheFencingToken() {
    OwnershipClaim claim =
        held(new OwnershipProtocol(ours).claim(PARTITION, Optional.empty(), "node-a"));
    long token = fence(ours, claim).fencingToken().orElseThrow();

    forProcessors.updateCheckpoint(checkpoint().setOffsetString("3:128:78")).block();

    StoredCheckpoint stored = get(ours.readCheckpoint(PARTITION)).orElseThrow();
    assertThat(stored.sequenceNumber()).hasValue(7);
    assertThat(stored.fencingToken()).hasValue(token);
  }

  @Test
  void anEmptyCheckpointIsRefused() {
    assertThatThrownBy(
            () -> forProcessors.updateCheckpoint(checkpoint().setSequenceNumber(null)).block())
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(blobs.blobs(CONTAINER)).isEmpty();
  }

  @Test
  void aFailureIsNoLostRaceForAProcessorThatUsesOurs() {
    blobs.faults().next(1).of(BlobOperation.PUT_BLOB).answer(503, "ServerBusy");

    assertThatThrownBy(() -> claim(forProcessors, request("processor")))
        .isInstanceOf(PartitionStoreException.class);
  }

  @Test
  void anOfficialStoreCarriesTheWholeLifeOfAClaim() {
    OwnershipProtocol protocol = new OwnershipProtocol(wrapped);
    OwnershipClaim claim = held(protocol.claim(PARTITION, Optional.empty(), "node-a"));
    CheckpointWriter checkpoint = fence(claim);
    assertThat(checkpoint.fencingToken()).as("a store that cannot fence has none").isEmpty();
    assertThat(get(checkpoint.write(CheckpointPosition.of(5, "o5"))))
        .isEqualTo(WriteOutcome.WRITTEN);
    OwnershipClaim renewed = held(protocol.renew(claim));
    assertThat(held(protocol.verify(claim)).record().version())
        .isEqualTo(renewed.record().version());

    StoredCheckpoint stored = get(ours.readCheckpoint(PARTITION)).orElseThrow();
    assertThat(stored.entries()).isEqualTo(StoredCheckpoint.entriesOf(5, "o5"));
    assertThat(get(protocol.release(renewed))).isEqualTo(ReleaseOutcome.RELEASED);
    assertThat(get(ours.readOwnership(PARTITION)).orElseThrow().isReleased()).isTrue();
  }

  @Test
  void aClaimThatSomebodyElseHasTakenIsLostInAnOfficialStoreToo() {
    OwnershipProtocol protocol = new OwnershipProtocol(wrapped);
    OwnershipClaim claim = held(protocol.claim(PARTITION, Optional.empty(), "node-a"));
    StoredOwnership seen = get(ours.readOwnership(PARTITION)).orElseThrow();
    get(ours.replaceOwnership(seen, "thief", Map.of()));

    assertThat(get(protocol.renew(claim))).isInstanceOf(ClaimOutcome.Lost.class);
    assertThat(get(protocol.verify(claim)))
        .isInstanceOfSatisfying(
            ClaimOutcome.Lost.class,
            lost -> assertThat(lost.current().orElseThrow().ownerId()).isEqualTo("thief"));
  }

  @Test
  void aWrappedCheckpointThatHasMovedIsNotPulledBack() {
    CheckpointWriter checkpoint =
        fence(held(new OwnershipProtocol(wrapped).claim(PARTITION, Optional.empty(), "node-a")));
    official
        .updateCheckpoint(lowerCase(checkpoint().setSequenceNumber(50L).setOffsetString("o50")))
        .block();

    assertThat(get(checkpoint.write(CheckpointPosition.of(5, "o5"))))
        .isEqualTo(WriteOutcome.COVERED);
    assertThat(metadata()).containsEntry("sequencenumber", "50");
  }

  @Test
  void aWrappedStoreThatCannotWriteIsNotTakenForALostRace() {
    blobs.faults().next(1).of(BlobOperation.PUT_BLOB).answer(403, "AuthorizationFailure");

    assertThatThrownBy(() -> get(wrapped.createOwnership(PARTITION, "node-a", Map.of())))
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining("nobody else");
  }

  @Test
  void aWrappedStoreThatCannotBeReadFails() {
    PartitionStore unreadable =
        PartitionStore.fromProcessorStore(
            new BlobCheckpointStore(
                client(
                    blobs
                        .connectionString()
                        .replaceFirst("AccountKey=[^;]*", "AccountKey=d3Jvbmcga2V5"))));

    assertThatThrownBy(() -> get(unreadable.readOwnership(PARTITION)))
        .isInstanceOfSatisfying(
            PartitionStoreException.class, failure -> assertThat(failure.isTransient()).isFalse());
    assertThat(unreadable.description()).contains("BlobCheckpointStore").contains("cannot fence");
  }

  private CheckpointWriter fence(OwnershipClaim claim) {
    return fence(wrapped, claim);
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

  private Map<String, String> metadata() {
    return blobs.blob(CONTAINER, CHECKPOINT).orElseThrow().metadata();
  }

  private static Optional<PartitionOwnership> claim(
      CheckpointStore store, PartitionOwnership ownership) {
    return store.claimOwnership(List.of(ownership)).next().blockOptional();
  }

  private static PartitionOwnership request(String ownerId) {
    return new PartitionOwnership()
        .setFullyQualifiedNamespace(PARTITION.namespace())
        .setEventHubName(PARTITION.eventHub())
        .setConsumerGroup(PARTITION.consumerGroup())
        .setPartitionId(PARTITION.partitionId())
        .setOwnerId(ownerId);
  }

  private static Checkpoint checkpoint() {
    return new Checkpoint()
        .setFullyQualifiedNamespace(PARTITION.namespace())
        .setEventHubName(PARTITION.eventHub())
        .setConsumerGroup(PARTITION.consumerGroup())
        .setPartitionId(PARTITION.partitionId())
        .setSequenceNumber(7L);
  }

  private static Checkpoint lowerCase(Checkpoint checkpoint) {
    return checkpoint
        .setFullyQualifiedNamespace("my-namespace")
        .setEventHubName("orders")
        .setConsumerGroup("$default");
  }

  /** As the event context of some versions of the SDK does it. */
  @SuppressWarnings("deprecation")
  private static Checkpoint withNumericOffset(Checkpoint checkpoint, long offset) {
    return checkpoint.setOffset(offset);
  }

  /** Sends each request once. */
  private static BlobContainerAsyncClient client(String connectionString) {
    return new BlobContainerClientBuilder()
        .connectionString(connectionString)
        .containerName(CONTAINER)
        .httpClient(new JdkHttpClientBuilder().build())
        .retryOptions(
            new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Integer) null, null, null, null))
        .buildAsyncClient();
  }
}
