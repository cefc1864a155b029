// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoreAnswer;
import io.github.pekkoeventhubs.StoreOperation;
import io.github.pekkoeventhubs.StoreRequestCounters;
import io.github.pekkoeventhubs.StoreRequests;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each request of a stream to its store counts once, by what became of it. */
class StoreRequestsCountedTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns", "orders", "billing", "0");

  private final StoreRequestCounters counters = new StoreRequestCounters();

  private PartitionStore answering(Object answer) {
    CompletionStage<Object> stage =
        answer instanceof Throwable failure
            ? CompletableFuture.failedFuture(failure)
            : CompletableFuture.completedFuture(answer);
    return GuardedPartitionStore.guarding(
        (PartitionStore)
            Proxy.newProxyInstance(
                StoreRequestsCountedTest.class.getClassLoader(),
                new Class<?>[] {PartitionStore.class},
                (proxy, method, arguments) -> stage),
        counters);
  }

  private StoreRequests after(Object answer, Function<PartitionStore, CompletionStage<?>> request) {
    request.apply(answering(answer)).handle((done, failure) -> "over").toCompletableFuture().join();
    return counters.requests();
  }

  private static StoreRequests one(StoreOperation operation, StoreAnswer answer) {
    return new StoreRequests(Map.of(operation, Map.of(answer, 1L)));
  }

  private static Function<PartitionStore, CompletionStage<?>> asked(
      Function<PartitionStore, CompletionStage<?>> request) {
    return request;
  }

  static Stream<Arguments> requestsThatFindNothing() {
    return Stream.of(
        Arguments.of(
            StoreOperation.READ_OWNERSHIP,
            StoreAnswer.NOT_FOUND,
            asked(store -> store.readOwnership(PARTITION))),
        Arguments.of(
            StoreOperation.READ_CHECKPOINT,
            StoreAnswer.NOT_FOUND,
            asked(store -> store.readCheckpoint(PARTITION))),
        Arguments.of(
            StoreOperation.WRITE_OWNERSHIP,
            StoreAnswer.CONFLICT,
            asked(store -> store.createOwnership(PARTITION, "a", Map.of()))),
        Arguments.of(
            StoreOperation.WRITE_CHECKPOINT,
            StoreAnswer.CONFLICT,
            asked(store -> store.createCheckpoint(PARTITION, Map.of()))),
        Arguments.of(
            StoreOperation.WRITE_CHECKPOINT,
            StoreAnswer.CONFLICT,
            asked(store -> store.replaceCheckpoint(PARTITION, Map.of(), "1"))));
  }

  @ParameterizedTest
  @MethodSource("requestsThatFindNothing")
  void anEmptyAnswerMeansThatNothingIsThereOrThatSomebodyElseHasWritten(
      StoreOperation operation,
      StoreAnswer answer,
      Function<PartitionStore, CompletionStage<?>> request) {
    assertThat(after(Optional.empty(), request)).isEqualTo(one(operation, answer));
  }

  @Test
  void whatWasDoneIsAnswered() {
    StoredCheckpoint checkpoint = new StoredCheckpoint(Map.of(), "1", "here");
    after(Optional.of(checkpoint), store -> store.readCheckpoint(PARTITION));
    after(Optional.of(checkpoint), store -> store.createCheckpoint(PARTITION, Map.of()));
    after(List.of(), store -> store.listOwnerships("ns", "orders", "billing"));
    after(Map.of(), store -> store.listCheckpoints("ns", "orders", "billing"));
    StoreRequests requests = after(Instant.EPOCH, PartitionStore::serverTime);

    assertThat(requests.counts())
        .isEqualTo(
            Map.of(
                StoreOperation.READ_CHECKPOINT,
                Map.of(StoreAnswer.ANSWERED, 1L),
                StoreOperation.WRITE_CHECKPOINT,
                Map.of(StoreAnswer.ANSWERED, 1L),
                StoreOperation.LIST,
                Map.of(StoreAnswer.ANSWERED, 2L),
                StoreOperation.READ_TIME,
                Map.of(StoreAnswer.ANSWERED, 1L)));
    assertThat(requests.plus(requests).count(StoreOperation.LIST, StoreAnswer.ANSWERED))
        .isEqualTo(4);
  }

  @Test
  void aFailureOfAnotherStoreCountsByWhatItTells() {
    assertThat(
            after(
                new PartitionStoreException("late", new TimeoutException(), true),
                store -> store.readCheckpoint(PARTITION)))
        .isEqualTo(one(StoreOperation.READ_CHECKPOINT, StoreAnswer.TIMED_OUT));
    after(
        new PartitionStoreException("no such table", null, false),
        store -> store.readCheckpoint(PARTITION));
    after(
        new EventHubsAuthorizationException("no", new IllegalStateException()),
        store -> store.readCheckpoint(PARTITION));
    StoreRequests requests =
        after(new IllegalStateException("broken"), store -> store.readCheckpoint(PARTITION));

    assertThat(requests.count(StoreOperation.READ_CHECKPOINT, StoreAnswer.REFUSED)).isEqualTo(2);
    assertThat(requests.count(StoreOperation.READ_CHECKPOINT, StoreAnswer.FAILED)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "503, ServerBusy, THROTTLED",
    "500, InternalError, FAILED",
    "403, AuthorizationFailure, REFUSED",
    "404, ContainerNotFound, REFUSED"
  })
  void aFailureOfTheBlobStoreCountsByTheAnswerOfTheService(
      int status, String code, StoreAnswer answer) {
    try (BlobEmulator blobs = BlobEmulator.builder().container("positions").start()) {
      blobs.faults().always().answer(status, code);
      // A busy machine may keep an answer for longer than the default.
      PartitionStore store =
          GuardedPartitionStore.guarding(
              BlobPartitionStore.create(client(blobs), Duration.ofSeconds(30)), counters);

      assertThat(store.readCheckpoint(PARTITION).toCompletableFuture())
          .failsWithin(Duration.ofSeconds(40));
      assertThat(counters.requests()).isEqualTo(one(StoreOperation.READ_CHECKPOINT, answer));
    }
  }

  @Test
  void aBlobStoreThatDoesNotAnswerHasTimedOut() {
    try (BlobEmulator blobs = BlobEmulator.builder().container("positions").start()) {
      blobs.faults().always().hold();
      PartitionStore store =
          GuardedPartitionStore.guarding(BlobPartitionStore.create(client(blobs)), counters);

      assertThat(store.readCheckpoint(PARTITION).toCompletableFuture())
          .failsWithin(Duration.ofSeconds(30));
      assertThat(counters.requests())
          .isEqualTo(one(StoreOperation.READ_CHECKPOINT, StoreAnswer.TIMED_OUT));
    }
  }

  /** Sends each request once. */
  private static BlobContainerAsyncClient client(BlobEmulator blobs) {
    return new BlobContainerClientBuilder()
        .connectionString(blobs.connectionString())
        .containerName("positions")
        .httpClient(BlobPartitionStore.httpClient())
        .retryOptions(
            new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Integer) null, null, null, null))
        .buildAsyncClient();
  }
}
