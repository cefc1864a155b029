// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.tests.CanarySecrets;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Secrets that are planted into the log of a node and into the failure of a stream. */
class ShownSecretsTest {

  @TempDir private Path logs;

  static Stream<Arguments> plantedTexts() {
    return Stream.of(
            secret("the shared access key", CanarySecrets.SHARED_ACCESS_KEY),
            secret("the account key", CanarySecrets.ACCOUNT_KEY),
            secret(
                "the account key",
                new String(
                    Base64.getDecoder().decode(CanarySecrets.ACCOUNT_KEY), StandardCharsets.UTF_8)),
            secret("the access token", CanarySecrets.ACCESS_TOKEN),
            Stream.of(
                Arguments.of(
                    "a shared access signature",
                    "SharedAccessSignature sr=sb%3a%2f%2fx&sig=Qm9iIGFuZCBBbGljZSBrbm93&se=1&skn=r"),
                Arguments.of(
                    "a signature with the account key",
                    "Authorization: SharedKey account:Qm9iIGFuZCBBbGljZSBrbm93"),
                Arguments.of("a bearer token", "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.")))
        .flatMap(planted -> planted);
  }

  private static Stream<Arguments> secret(String name, String secret) {
    Stream<String> plain =
        Stream.of(
            secret,
            "Endpoint=sb://localhost:1/;SharedAccessKeyName=n;SharedAccessKey=" + secret + ";",
            URLEncoder.encode(secret, StandardCharsets.UTF_8));
    Stream<String> encoded =
        IntStream.range(0, 4)
            .mapToObj("user:"::repeat)
            .map(before -> before.substring(0, before.length() * 3 / 4) + secret + " and more")
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .flatMap(
                bytes ->
                    Stream.of(
                        Base64.getEncoder().encodeToString(bytes),
                        Base64.getUrlEncoder().encodeToString(bytes)));
    return Stream.concat(plain, encoded).map(text -> Arguments.of(name, text));
  }

  @ParameterizedTest
  @MethodSource("plantedTexts")
  void aSecretInALogOrInAFailureIsNoticedAndNotRepeated(String name, String planted)
      throws IOException {
    Files.write(
        logs.resolve("jvm-1.log"),
        List.of("12:00:00 INFO all is well", "12:00:01 WARN " + planted));
    Files.write(logs.resolve("jvm-2.log"), List.of("12:00:00 INFO all is well"));

    assertThat(ShownSecrets.violations(logs, List.of("node-1: IllegalStateException: " + planted)))
        .containsExactly("jvm-1.log shows " + name, "the failure of a stream shows " + name);
  }

  @Test
  void whatIsNoSecretIsLeftAlone() throws IOException {
    Files.write(
        logs.resolve("jvm-1.log"),
        List.of(
            "[localhost/orders/billing/3] assigned to consumer-1, reading from the checkpoint",
            "Endpoint=sb://localhost/;SharedAccessKeyName=RootManageSharedAccessKey",
            "the account devstoreaccount1 refuses the key; sig= is missing"));

    assertThat(ShownSecrets.violations(logs, List.of("node-1: EventHubsException: HTTP 403")))
        .isEmpty();
  }

  @Test
  void theServicesOfARunHaveTheseSecrets() {
    try (EmbeddedServices services = new EmbeddedServices(1)) {
      assertThat(CanarySecrets.leaksOf("it", services.eventHubs().connectionString()))
          .containsExactly("it shows the shared access key");
      assertThat(CanarySecrets.leaksOf("it", services.blobs().connectionString()))
          .containsExactly("it shows the account key");
    }
  }
}
