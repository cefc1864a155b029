// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A client whose credential takes longer than a request may take. */
class SlowCredentialTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns", "orders", "billing", "7");

  /** A busy machine may keep an answer for some seconds. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

  private final BlobEmulator blobs =
      BlobEmulator.builder().container("positions").verifySharedKey(false).start();

  @AfterEach
  void stop() {
    blobs.close();
  }

  /** The SDK sends tokens over HTTPS only; this goes on to the emulator without it. */
  private final class WithoutTls implements HttpClient {
    private final HttpClient client = BlobPartitionStore.httpClient();

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
      return client.send(
          request.setUrl(
              request
                  .getUrl()
                  .toString()
                  .replace("https://127.0.0.1:1/", "http://127.0.0.1:" + blobs.port() + "/")));
    }
  }

  private BlobContainerAsyncClient client(TokenCredential credential) {
    return new BlobContainerClientBuilder()
        .endpoint("https://127.0.0.1:1/devstoreaccount1")
        .containerName("positions")
        .credential(credential)
        .httpClient(new WithoutTls())
        .retryOptions(
            new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Integer) null, null, null, null))
        .buildAsyncClient();
  }

  private static AccessToken token() {
    return new AccessToken("token", OffsetDateTime.now(ZoneOffset.UTC).plusHours(1));
  }

  @Test
  void aTokenThatTakesLongerIsFetchedOnceAndEveryReadSucceeds() {
    AtomicInteger asked = new AtomicInteger();
    TokenCredential slow =
        context -> {
          asked.incrementAndGet();
          return Mono.delay(REQUEST_TIMEOUT.plusSeconds(1)).map(waited -> token());
        };
    BlobPartitionStore store = BlobPartitionStore.create(client(slow), REQUEST_TIMEOUT);

    List<CompletableFuture<?>> reads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      reads.add(store.readOwnership(PARTITION).toCompletableFuture());
    }
    for (CompletableFuture<?> read : reads) {
      assertThat(read).succeedsWithin(Duration.ofSeconds(20));
    }
    assertThat(store.createOwnership(PARTITION, "me", Map.of()).toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(20));
    assertThat(asked).hasValue(1);
  }

  @Test
  void aCredentialThatBlocksBlocksNobodyWhoAsks() {
    CountDownLatch release = new CountDownLatch(1);
    TokenCredential blocking =
        context -> {
          try {
            assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return Mono.just(token());
        };
    BlobPartitionStore store = BlobPartitionStore.create(client(blocking));

    CompletableFuture<CompletableFuture<?>> asked =
        CompletableFuture.supplyAsync(() -> store.readOwnership(PARTITION).toCompletableFuture());
    // Before the credential stops blocking by itself.
    assertThat(asked).succeedsWithin(Duration.ofSeconds(15));
    release.countDown();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(store.readOwnership(PARTITION).toCompletableFuture())
                    .succeedsWithin(Duration.ofSeconds(5)));
  }
}
