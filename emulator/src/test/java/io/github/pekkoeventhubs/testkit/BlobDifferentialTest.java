// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.emulator.clients.AzuriteServer;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The embedded Blob service against Azurite: the same questions, the same answers.
 *
 * <p>Not compared are header fields that the clients do not need: {@code x-ms-version}, which
 * Azurite leaves out of refusals and the real service does not, and {@code Content-MD5}.
 */
class BlobDifferentialTest {

  private static final Map<String, String> KNOWN_DIFFERENCES =
      Map.of(
          // The real service says AuthenticationFailed, too.
          "wrong key: exists", "403 AuthenticationFailed instead of 403 AuthorizationFailure",
          "wrong key: put", "403 AuthenticationFailed instead of 403 AuthorizationFailure",
          // Here there is one account; with the real service the name would have no address.
          "wrong account: exists",
              "403 AuthenticationFailed instead of 404 date x-ms-request-id false",
          // The real service refuses a range that starts where the content ends.
          "content: range beyond the end",
              "416 InvalidRange instead of 206 etag last-modified date content-range"
                  + " x-ms-request-id x-ms-blob-type x-ms-creation-time x-ms-lease-state"
                  + " x-ms-lease-status");

  @Test
  void answersAsAzuriteDoesBeyondTheKnownDifferences() {
    try (AzuriteServer azurite = AzuriteServer.start();
        BlobEmulator blobs = BlobEmulator.start()) {
      Map<String, String> expected = BlobProbe.of(azurite.connectionString());
      Map<String, String> actual = BlobProbe.of(blobs.connectionString());

      Map<String, String> differences = new TreeMap<>();
      expected.forEach(
          (question, answer) -> {
            if (!answer.equals(actual.get(question))) {
              differences.put(question, actual.get(question) + " instead of " + answer);
            }
          });
      assertThat(actual).hasSameSizeAs(expected).hasSizeGreaterThan(100);
      assertThat(differences).isEqualTo(KNOWN_DIFFERENCES);
    }
  }
}
