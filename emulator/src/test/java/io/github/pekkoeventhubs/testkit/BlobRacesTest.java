// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.rest.Response;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that contend for one blob at the same moment: one wins, and the blob is as it left it.
 */
class BlobRacesTest {

  private static final int CONTENDERS = 4;
  private static final int ROUNDS = 100;

  private static ExecutorService threads;

  private BlobEmulator blobs;
  private List<BlobContainerClient> clients;

  @BeforeAll
  static void startThreads() {
    threads = Executors.newFixedThreadPool(CONTENDERS);
  }

  @AfterAll
  static void stopThreads() throws InterruptedException {
    threads.shutdownNow();
    threads.awaitTermination(10, TimeUnit.SECONDS);
  }

  @BeforeEach
  void start() {
    blobs = BlobEmulator.builder().container("races").start();
    clients = new ArrayList<>();
    for (int i = 0; i < CONTENDERS; i++) {
      clients.add(BlobClients.container(blobs.connectionString(), "races"));
    }
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  @Test
  void exactlyOneOfSeveralClientsCreatesABlob() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String name = "blob" + round;
      List<Integer> statuses =
          race(
              contender ->
                  BlobClients.create(clients.get(contender).getBlobClient(name), owner(contender)));

      assertOneWinner(name, statuses, 201, 409);
    }
  }

  @Test
  void exactlyOneOfSeveralClientsReplacesAnETag() throws Exception {
    BlobClients.put(clients.get(0).getBlobClient("blob"), Map.of());
    for (int round = 0; round < ROUNDS; round++) {
      String etag = blobs.blob("races", "blob").orElseThrow().etag();
      List<Integer> statuses =
          race(
              contender ->
                  BlobClients.setMetadata(
                      clients.get(contender).getBlobClient("blob"),
                      owner(contender),
                      new BlobRequestConditions().setIfMatch(etag)));

      assertOneWinner("blob", statuses, 200, 412);
    }
  }

  @FunctionalInterface
  private interface Request {
    Response<?> send(int contender);
  }

  private static Map<String, String> owner(int contender) {
    return Map.of("ownerid", "contender" + contender);
  }

  /** The status that each contender got. */
  private static List<Integer> race(Request request) throws Exception {
    CyclicBarrier together = new CyclicBarrier(CONTENDERS);
    List<Future<Integer>> replies = new ArrayList<>();
    for (int i = 0; i < CONTENDERS; i++) {
      int contender = i;
      replies.add(
          threads.submit(
              () -> {
                together.await(10, TimeUnit.SECONDS);
                try {
                  return request.send(contender).getStatusCode();
                } catch (BlobStorageException refused) {
                  return refused.getStatusCode();
                }
              }));
    }
    List<Integer> statuses = new ArrayList<>();
    for (Future<Integer> reply : replies) {
      statuses.add(reply.get(10, TimeUnit.SECONDS));
    }
    return statuses;
  }

  private void assertOneWinner(String name, List<Integer> statuses, int won, int lost) {
    List<Integer> expected = new ArrayList<>(List.of(won));
    for (int i = 1; i < CONTENDERS; i++) {
      expected.add(lost);
    }
    assertThat(statuses).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(blobs.blob("races", name).orElseThrow().metadata())
        .isEqualTo(owner(statuses.indexOf(won)));
  }
}
