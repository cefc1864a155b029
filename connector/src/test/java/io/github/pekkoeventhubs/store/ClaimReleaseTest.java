// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClaimReleaseTest {

  private final ScriptedPartitionStore store = new ScriptedPartitionStore();
  private final OwnershipProtocol protocol = new OwnershipProtocol(store);
  private final List<Duration> delays = new ArrayList<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final List<Throwable> firstFailures = new ArrayList<>();
  private final List<Integer> failuresBeforeTheEnd = new ArrayList<>();
  private final List<CompletionStage<?>> begun = new ArrayList<>();
  private final OwnershipClaim claim = claim("node-1");
  private final ClaimRelease releases =
      new ClaimRelease(
          protocol,
          new RepeatedWrite(
              WriteRetry.during(Duration.ofSeconds(1)),
              (delay, task) -> {
                delays.add(delay);
                waiting.add(task);
              },
              () -> 1),
          new RepeatedWrite.Observer() {
            @Override
            public void begun(CompletionStage<?> result) {
              begun.add(result);
            }

            @Override
            public void firstAttemptFailed(Throwable failure, boolean isTriedAgain) {
              firstFailures.add(failure);
              assertThat(isTriedAgain).isEqualTo(WriteRetry.isPassing(failure));
            }

            @Override
            public void doneAfter(int failures) {
              failuresBeforeTheEnd.add(failures);
            }
          });

  private OwnershipClaim claim(String ownerId) {
    ClaimOutcome outcome =
        protocol.claim(PARTITION, store.ownership(), ownerId).toCompletableFuture().join();
    return ((ClaimOutcome.Held) outcome).claim();
  }

  private CompletableFuture<ReleaseOutcome> release() {
    return releases.release(claim).toCompletableFuture();
  }

  private void nextAttempts(int attempts, Fate fate) {
    for (int attempt = 0; attempt < attempts; attempt++) {
      store.next(Operation.REPLACE_OWNERSHIP, fate);
    }
  }

  private void delayIsOver() {
    waiting.remove().run();
  }

  private void allDelaysAreOver() {
    while (!waiting.isEmpty()) {
      delayIsOver();
    }
  }

  private boolean isFree() {
    return store.ownership().filter(StoredOwnership::isReleased).isPresent();
  }

  @Test
  void oneAttemptIsEnoughWhereTheStoreAnswers() {
    assertThat(release()).isCompletedWithValue(ReleaseOutcome.RELEASED);
    assertThat(isFree()).isTrue();
    assertThat(waiting).isEmpty();
    assertThat(firstFailures).isEmpty();
    assertThat(failuresBeforeTheEnd).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"LOST", "UNANSWERED"})
  void anAttemptThatFailsIsRepeatedUntilTheStoreAnswers(Fate fate) {
    nextAttempts(2, fate);
    CompletableFuture<ReleaseOutcome> result = release();
    assertThat(result).isNotDone();
    allDelaysAreOver();

    assertThat(result).isCompletedWithValue(ReleaseOutcome.RELEASED);
    assertThat(isFree()).isTrue();
    assertThat(delays).startsWith(Duration.ofMillis(100));
    assertThat(firstFailures).hasSize(1);
    assertThat(failuresBeforeTheEnd).hasSize(1).allMatch(failures -> failures > 0);
  }

  @Test
  void whoeverIsToldOfAReleaseSeesItsEndAndNotThatOfAnAttempt() {
    nextAttempts(1, Fate.LOST);
    release();
    assertThat(begun).singleElement().matches(result -> !result.toCompletableFuture().isDone());
    allDelaysAreOver();

    assertThat(begun.get(0).toCompletableFuture()).isCompleted();
  }

  @Test
  void attemptsEndWhenTheClaimHasExpired() {
    nextAttempts(100, Fate.LOST);
    CompletableFuture<ReleaseOutcome> result = release();
    allDelaysAreOver();

    assertThat(result).isCompletedExceptionally();
    assertThat(delays)
        .containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400));
    assertThat(firstFailures).hasSize(1);
  }

  @Test
  void aFailureThatStaysEndsTheAttempts() {
    nextAttempts(1, Fate.DENIED);
    CompletableFuture<ReleaseOutcome> result = release();

    assertThat(result).isCompletedExceptionally();
    assertThat(waiting).isEmpty();
    assertThat(firstFailures).singleElement().isInstanceOf(PartitionStoreException.class);
  }

  @Test
  void aStoreThatAsksForMoreTimeThanThereIsIsAskedAtTheEndOfIt() {
    WriteRetry retry = WriteRetry.during(Duration.ofSeconds(60));
    for (Duration wanted : List.of(Duration.ofHours(1), Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThat(retry.delay(1, 0, Optional.of(wanted))).isEqualTo(Duration.ofSeconds(60));
    }
  }

  @Test
  void theStoreSaysWhenItMayBeAskedAgain() {
    WriteRetry retry = WriteRetry.during(Duration.ofSeconds(60));
    PartitionStoreException throttled =
        new PartitionStoreException("busy", null, true, Optional.of(Duration.ofSeconds(8)));

    assertThat(retry.delay(1, 0, throttled)).isEqualTo(Duration.ofSeconds(8));
    assertThat(retry.delay(1, 1, new IllegalStateException())).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void theClaimThatAnotherOwnerHasMadeMeanwhileStays() {
    nextAttempts(1, Fate.LOST);
    CompletableFuture<ReleaseOutcome> result = release();
    store.overwriteOwnership("", Map.of());
    claim("node-2");
    delayIsOver();

    assertThat(result).isCompletedWithValue(ReleaseOutcome.NOT_OWNER);
    assertThat(store.ownership().map(StoredOwnership::ownerId)).contains("node-2");
  }

  @Test
  void theNextClaimOfTheSameOwnerStays() {
    nextAttempts(1, Fate.LOST);
    CompletableFuture<ReleaseOutcome> result = release();
    claim("node-1");
    delayIsOver();

    assertThat(result).isCompletedWithValue(ReleaseOutcome.NOT_OWNER);
    assertThat(isFree()).isFalse();
  }
}
