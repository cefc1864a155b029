// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.BlobClients.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobErrorCode;
import io.github.pekkoeventhubs.emulator.blob.StorageAccount;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The embedded Blob service serves requests that are signed with the account's key. */
class BlobAuthenticationTest {

  private static final String WRONG_KEY = "d3Jvbmcta2V5LW9mLWEtdGVzdA==";

  private BlobEmulator blobs;

  @BeforeEach
  void start() {
    blobs = BlobEmulator.builder().container("checkpoints").start();
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  @Test
  void refusesAWrongKeyAndAppliesNothing() {
    BlobContainerClient client =
        container(blobs.connectionString().replace(StorageAccount.DEVELOPMENT.key(), WRONG_KEY));

    assertRefused(client::exists, 403, BlobErrorCode.AUTHENTICATION_FAILED);
    assertRefused(
        () -> BlobClients.create(client.getBlobClient("blob"), Map.of()),
        403,
        BlobErrorCode.AUTHENTICATION_FAILED);
    assertThat(blobs.blobs("checkpoints")).isEmpty();
    assertThat(blobs.writeAttempts()).isEmpty();
  }

  @Test
  void refusesAnotherAccount() {
    BlobContainerClient client =
        container(blobs.connectionString().replace("devstoreaccount1", "anotheraccount"));

    assertRefused(client::exists, 403, BlobErrorCode.AUTHENTICATION_FAILED);
  }

  @Test
  void acceptsMetadataNamesThatClientsOrderDifferently() {
    BlobContainerClient client = container(blobs.connectionString());

    BlobClients.create(
        client.getBlobClient("blob"),
        Map.of("a_b", "1", "ab", "2", "a1", "3", "A_", "4", "_a", "5", "aB_c", "6"));

    assertThat(client.getBlobClient("blob").getProperties().getMetadata()).hasSize(6);
  }

  @Test
  void asksForASignatureAndNamesWhatItDoesNotTake() throws Exception {
    assertThat(get("/checkpoints?restype=container").statusCode()).isEqualTo(401);
    HttpResponse<String> shared = get("/checkpoints?restype=container&sv=2026-01-01&sig=abc");
    assertThat(shared.statusCode()).isEqualTo(403);
    assertThat(shared.body()).contains("Shared access signatures are not supported");
  }

  @Test
  void answersAnybodyWhenToldNotToVerify() throws Exception {
    try (BlobEmulator open =
        BlobEmulator.builder().container("checkpoints").verifySharedKey(false).start()) {
      HttpResponse<String> reply =
          send(open.endpoint() + "/checkpoints?restype=container&comp=list");

      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(
              container(
                      open.connectionString().replace(StorageAccount.DEVELOPMENT.key(), WRONG_KEY))
                  .exists())
          .isTrue();
    }
  }

  @Test
  void refusesAccountsThatCannotBeOneWithoutShowingTheKey() {
    assertThatThrownBy(() -> BlobEmulator.builder().account("Not-An-Account", WRONG_KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'Not-An-Account'");
    assertThatThrownBy(() -> BlobEmulator.builder().account("account", "no base64!"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Base64")
        .hasMessageNotContaining("no base64!");
    assertThat(new StorageAccount("account", WRONG_KEY)).asString().doesNotContain(WRONG_KEY);
  }

  private static BlobContainerClient container(String connectionString) {
    return BlobClients.container(connectionString, "checkpoints");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(blobs.endpoint() + path);
  }

  private static HttpResponse<String> send(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }
}
