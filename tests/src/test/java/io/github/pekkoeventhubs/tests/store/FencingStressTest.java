// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.HttpPipelinePolicy;
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
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.FenceOutcome;
import io.github.pekkoeventhubs.store.FencedCheckpoint;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import io.github.pekkoeventhubs.store.WriteOutcome;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Three owners take one partition from each other, through the real SDK on the embedded blob
 * service, with stalls before requests and lost replies of applied ones. None of them waits for an
 * expiry, so that old owners are as alive as can be. The service's own log of writes is the judge.
 *
 * <p>Repeat a run's choices with {@code -Dfencing.seed=N}; the threads' timing stays their own.
 */
class FencingStressTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns", "orders", "billing", "0");
  private static final String CHECKPOINT = "ns/orders/billing/checkpoint/0";
  private static final String OWNERSHIP = "ns/orders/billing/ownership/0";

  /** The token of the claim that committed a position. */
  private static final String WRITER = "writer";

  private static final int OWNERS = 3;
  private static final int LIVES = 20;
  private static final int COMMITS_PER_LIFE = 12;

  /** Version of the checkpoint after a completed fence, and the token of its claim. */
  private final Map<String, String> fences = new ConcurrentHashMap<>();

  private final AtomicInteger lostReplies = new AtomicInteger();

  @Test
  void noCommitFollowsACompletedClaimOfAnotherAndNoneGoesBack() throws Exception {
    long seed = Long.getLong("fencing.seed", System.nanoTime());
    try (BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start()) {
      run(blobs, seed);

      Verdict verdict = judge(blobs.writes());

      assertThat(verdict.staleCommits).as("seed %d", seed).isEmpty();
      assertThat(verdict.regressions).as("seed %d", seed).isEmpty();
      // Otherwise nothing was put to the test.
      assertThat(verdict.claims).isGreaterThan(OWNERS * LIVES / 3);
      assertThat(verdict.commits).isGreaterThan(OWNERS * LIVES);
      assertThat(lostReplies).hasPositiveValue();
    }
  }

  private void run(BlobEmulator blobs, long seed) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(OWNERS);
    try {
      List<Future<?>> owners = new ArrayList<>();
      for (int number = 0; number < OWNERS; number++) {
        Random random = new Random(seed * OWNERS + number);
        Owner owner = new Owner("node-" + number, random, store(blobs, random.nextLong()));
        owners.add(threads.submit(owner::live));
      }
      for (Future<?> owner : owners) {
        owner.get(120, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private PartitionStore store(BlobEmulator blobs, long seed) {
    BlobContainerAsyncClient client =
        new BlobContainerClientBuilder()
            .connectionString(blobs.connectionString())
            .containerName("checkpoints")
            .httpClient(new JdkHttpClientBuilder().build())
            .retryOptions(
                new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Integer) null, null, null, null))
            .addPolicy(stallsAndLosses(new Random(seed)))
            .buildAsyncClient();
    return BlobPartitionStore.create(client);
  }

  private HttpPipelinePolicy stallsAndLosses(Random random) {
    return (context, next) -> {
      boolean isWrite = context.getHttpRequest().getHttpMethod() == HttpMethod.PUT;
      boolean isReplyLost;
      Duration stall;
      synchronized (random) {
        isReplyLost = isWrite && random.nextInt(100) < 5;
        stall = Duration.ofMillis(random.nextInt(100) < 25 ? random.nextInt(25) : 0);
      }
      Mono<HttpResponse> reply =
          stall.isZero() ? next.process() : Mono.delay(stall).then(next.process());
      return isReplyLost ? reply.flatMap(this::lose) : reply;
    };
  }

  private Mono<HttpResponse> lose(HttpResponse response) {
    lostReplies.incrementAndGet();
    response.close();
    return Mono.error(new IOException("the reply was lost"));
  }

  /** One node: claims whenever it holds nothing, and commits until it finds the claim gone. */
  private final class Owner {
    private final String id;
    private final Random random;
    private final PartitionStore store;
    private final OwnershipProtocol protocol;

    Owner(String id, Random random, PartitionStore store) {
      this.id = id;
      this.random = random;
      this.store = store;
      this.protocol = new OwnershipProtocol(store);
    }

    void live() {
      for (int life = 0; life < LIVES; life++) {
        Optional<StoredOwnership> seen =
            answer(store.readOwnership(PARTITION)).orElse(Optional.empty());
        if (answer(protocol.claim(PARTITION, seen, id)).orElse(null)
            instanceof ClaimOutcome.Held held) {
          own(held.claim());
        }
      }
    }

    private void own(OwnershipClaim claim) {
      CheckpointWriter checkpoint = fence(claim);
      if (checkpoint == null) {
        return;
      }
      long position = checkpoint.stored().orElseThrow().sequenceNumber().orElseThrow();
      for (int commit = 0; commit < COMMITS_PER_LIFE; commit++) {
        position += 1 + random.nextInt(3);
        Map<String, String> metadata = Map.of(WRITER, claim.claimToken());
        Optional<WriteOutcome> outcome =
            answer(
                checkpoint.write(
                    new CheckpointPosition(position, "o" + position, metadata, "", 0)));
        if (outcome.orElse(null) == WriteOutcome.LOST) {
          return;
        }
      }
      if (random.nextBoolean()) {
        answer(protocol.release(claim));
      }
    }

    private @Nullable CheckpointWriter fence(OwnershipClaim claim) {
      for (int attempt = 0; attempt < 20; attempt++) {
        FenceOutcome outcome =
            answer(
                    FencedCheckpoint.fence(
                        store,
                        claim,
                        () ->
                            CompletableFuture.completedStage(StoredCheckpoint.entriesOf(-1, "-1"))))
                .orElse(null);
        if (outcome instanceof FenceOutcome.Lost) {
          return null;
        }
        if (outcome instanceof FenceOutcome.Fenced fenced) {
          fences.put(fenced.checkpoint().stored().orElseThrow().version(), claim.claimToken());
          return fenced.checkpoint();
        }
      }
      return null;
    }

    /** Empty if the store failed for a passing reason, as it often does here. */
    private static <T> Optional<T> answer(CompletionStage<T> stage) {
      try {
        return Optional.of(stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join());
      } catch (CompletionException e) {
        if (e.getCause() instanceof PartitionStoreException failure && failure.isTransient()) {
          return Optional.empty();
        }
        throw e;
      }
    }
  }

  private static final class Verdict {
    private final List<String> staleCommits = new ArrayList<>();
    private final List<String> regressions = new ArrayList<>();
    private int claims;
    private int commits;
  }

  private Verdict judge(List<BlobWrite> writes) {
    Verdict verdict = new Verdict();
    Map<String, Integer> claimOrder = new HashMap<>();
    int newestFenced = 0;
    long last = Long.MIN_VALUE;
    for (BlobWrite write : writes) {
      if (write.blob().equals(OWNERSHIP)) {
        String token = write.metadata().get(StoredOwnership.CLAIM_TOKEN);
        if (token != null && claimOrder.putIfAbsent(token, claimOrder.size() + 1) == null) {
          verdict.claims++;
        }
      } else if (write.blob().equals(CHECKPOINT)) {
        long number = Long.parseLong(write.metadata().get(StoredCheckpoint.SEQUENCE_NUMBER));
        String writer = write.metadata().get(WRITER);
        // A touch repeats what is there, the last writer's name included; commits move on.
        if (writer != null && number != last) {
          verdict.commits++;
          if (claimOrder.get(writer) < newestFenced) {
            verdict.staleCommits.add("write " + write.number() + ": " + number);
          }
        }
        if (number < last) {
          verdict.regressions.add("write " + write.number() + ": " + last + " to " + number);
        }
        last = number;
        String fencedBy = fences.get(String.valueOf(write.etagAfter()).replace("\"", ""));
        if (fencedBy != null) {
          newestFenced = Math.max(newestFenced, claimOrder.get(fencedBy));
        }
      }
    }
    assertThat(newestFenced).as("fences found in the log").isPositive();
    return verdict;
  }
}
