// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store makes of answers that the service itself seldom sends, or never. */
class StorageAnswersTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns", "orders", "billing", "7");

  /** Other requests are to begin before it is over. */
  private static final Duration TO_WAIT = Duration.ofSeconds(10);

  private final BlobEmulator blobs = BlobEmulator.builder().container("positions").start();
  private final BlobPartitionStore store = store("positions");

  private BlobPartitionStore store(String container) {
    return BlobPartitionStore.fromConfig(
        ConfigFactory.parseMap(
                Map.of(
                    "connection-string",
                    blobs.connectionString(),
                    "container",
                    container,
                    // A busy machine may keep an answer for long.
                    "request-timeout",
                    "30s"))
            .withFallback(
                ConfigFactory.defaultReference()
                    .getConfig("pekko.eventhubs.partition-store.blob")));
  }

  @AfterEach
  void stop() {
    blobs.close();
  }

  private static <T> T result(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static Throwable failure(CompletionStage<?> stage) {
    return Objects.requireNonNull(catchThrowable(() -> result(stage)).getCause());
  }

  private StoredOwnership claimed() {
    return result(store.createOwnership(PARTITION, "me", Map.of())).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void whatMayPassMayPassWithoutTheServicesErrorCodeToo(int status) {
    StoredOwnership claimed = claimed();
    BlobFault plain = blobs.faults().next(3).answerWithoutHeaders(status);

    assertMayPass(failure(store.readOwnership(PARTITION)), status);
    assertMayPass(failure(store.createCheckpoint(PARTITION, Map.of("offset", "1"))), status);
    assertMayPass(failure(store.replaceOwnership(claimed, "me", Map.of())), status);
    assertThat(plain.hits()).isEqualTo(3);

    blobs.faults().next(3).answerWithHtml(status);
    assertMayPass(failure(store.readOwnership(PARTITION)), status);
    assertMayPass(failure(store.listOwnerships("ns", "orders", "billing")), status);
    assertMayPass(failure(store.replaceOwnership(claimed, "me", Map.of())), status);
  }

  private static void assertMayPass(Throwable failure, int status) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            PartitionStoreException.class, e -> assertThat(e.isTransient()).isTrue())
        .hasMessageContaining("HTTP " + status + " without an error code of the service");
  }

  @Test
  void aConditionThatIsNotMetNeedsNoErrorCode() {
    StoredOwnership claimed = claimed();
    blobs.faults().next(2).answerWithoutHeaders(412);

    assertThat(result(store.replaceOwnership(claimed, "me", Map.of()))).isEmpty();
    assertThat(result(store.createCheckpoint(PARTITION, Map.of("offset", "1")))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "400, something else than the storage service has answered",
    "401, access was refused",
    "403, access was refused",
    "404, something else than the storage service has answered",
    "409, something else than the storage service has answered",
    "302, something else than the storage service has answered"
  })
  void anAnswerOfSomethingElseIsNeitherAbsentNorRefusedByARival(int status, String words) {
    StoredOwnership claimed = claimed();
    blobs.faults().next(4).answerWithHtml(status);

    assertLasts(failure(store.readCheckpoint(PARTITION)), words);
    assertLasts(failure(store.listCheckpoints("ns", "orders", "billing")), words);
    assertLasts(failure(store.replaceOwnership(claimed, "me", Map.of())), words);
    assertLasts(failure(store.createCheckpoint(PARTITION, Map.of("offset", "1"))), words);
  }

  @Test
  void aSuccessOfSomethingElseIsNoSuccess() {
    blobs.faults().next(1).of(BlobOperation.GET_PROPERTIES).answerWithHtml(200);

    assertLasts(
        failure(store.readCheckpoint(PARTITION)),
        "something else than the storage service has answered");
  }

  private static void assertLasts(Throwable failure, String words) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            PartitionStoreException.class, e -> assertThat(e.isTransient()).isFalse())
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource({
    "409, BlobImmutableDueToPolicy, an immutability policy or a legal hold",
    "409, ContainerDisabled, an administrator has disabled the container",
    "409, PathConflict, a directory has the name of the blob",
    "409, ResourceTypeMismatch, a directory has the name of the blob",
    "409, InvalidBlobType, the blob is no block blob",
    "409, BlobArchived, the blob is in the archive",
    "412, LeaseIdMissing, somebody holds a lease there; break it",
    "403, AccountIsDisabled, the storage account is disabled",
    "403, KeyBasedAuthenticationNotPermitted, the account permits no account keys",
    "403, AuthorizationSourceIPMismatch, does not allow requests from this network",
    "404, ContainerNotFound, the container does not exist",
    "400, InvalidResourceName, a container's has 3 to 63 lower-case letters",
    "400, InvalidHeaderValue, set an older service-version",
    "409, SomethingNewFromAzure, the request was not accepted"
  })
  void anObstacleIsNamedWithItsCureAndIsNoLostRace(int status, String code, String words) {
    StoredOwnership claimed = claimed();
    blobs.faults().next(2).answer(status, code);

    Throwable onReplace = failure(store.replaceOwnership(claimed, "me", Map.of()));
    assertLasts(onReplace, words);
    assertThat(onReplace)
        .hasMessageContaining("container 'positions' of storage account")
        .hasMessageContaining("ns/orders/billing/ownership/7")
        .hasMessageContaining("HTTP " + status + " " + code);
    assertLasts(failure(store.createCheckpoint(PARTITION, Map.of("offset", "1"))), words);
  }

  @Test
  void aBlobOfTheContainerThatIsMissingIsAbsent() {
    assertThat(result(store.readOwnership(PARTITION))).isEqualTo(Optional.empty());
    assertThat(failure(store("elsewhere").readOwnership(PARTITION)))
        .hasMessageContaining("the container does not exist");
  }

  @Test
  void aTimeToWaitHoldsForTheRequestsOfAllPartitions() {
    blobs.faults().next(1).answer(503, "ServerBusy", TO_WAIT);
    EventHubPartition other = new EventHubPartition("ns", "orders", "billing", "8");

    Throwable answered = failure(store.readOwnership(PARTITION));
    long sent = blobs.requests(BlobOperation.GET_PROPERTIES);
    Throwable held = failure(store.readOwnership(other));

    assertThat(answered)
        .isInstanceOfSatisfying(
            PartitionStoreException.class, e -> assertThat(e.retryAfter()).hasValue(TO_WAIT));
    assertThat(held)
        .isInstanceOfSatisfying(
            PartitionStoreException.class,
            e -> {
              assertThat(e.isTransient()).isTrue();
              assertThat(e.retryAfter()).isPresent();
            })
        .hasMessageContaining("not sent, since the service has asked for");
    assertThat(blobs.requests(BlobOperation.GET_PROPERTIES)).isEqualTo(sent);
    await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(result(store.readOwnership(other))).isEmpty());
  }

  @Test
  void theHealthOfTheStoreIsThatOfAllItsRequests() {
    assertThat(store.health()).hasValue(StoreHealth.ANSWERING);
    BlobFault fault = blobs.faults().always().answerWithoutHeaders(503);

    await()
        .untilAsserted(
            () -> {
              failure(store.readOwnership(PARTITION));
              assertThat(store.health()).hasValue(StoreHealth.THROTTLING);
            });
    fault.cancel();
    result(store.readOwnership(PARTITION));
    assertThat(store.health()).hasValue(StoreHealth.ANSWERING);
  }
}
