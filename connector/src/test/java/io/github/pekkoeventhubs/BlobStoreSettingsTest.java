// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenCredential;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class BlobStoreSettingsTest {

  private static final String SECRET = "c2VjcmV0";
  private static final String CONNECTION_STRING =
      "connection-string = \"DefaultEndpointsProtocol=https;AccountName=myaccount;AccountKey="
          + SECRET
          + ";EndpointSuffix=core.windows.net\"";
  private static final String ACCOUNT_URL =
      "account-url = \"https://myaccount.blob.core.windows.net\"";
  private static final TokenCredential CREDENTIAL = request -> Mono.empty();

  @Test
  void aConnectionStringIsEnough() {
    BlobStoreSettings settings = settings(CONNECTION_STRING, "container = positions");
    BlobContainerAsyncClient client = settings.container(null);

    assertThat(client.getBlobContainerUrl())
        .isEqualTo("https://myaccount.blob.core.windows.net/positions");
    assertThat(settings.requestTimeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(settings.toString()).doesNotContain(SECRET);
  }

  @Test
  void anAccountUrlGoesWithACredential() {
    BlobContainerAsyncClient client =
        settings(ACCOUNT_URL, "container = positions").container(CREDENTIAL);

    assertThat(client.getAccountName()).isEqualTo("myaccount");
  }

  @Test
  void anAccountUrlWithASharedAccessSignatureNeedsNoCredential() {
    BlobContainerAsyncClient client =
        settings(
                "account-url = \"https://myaccount.blob.core.windows.net/?sv=2026-02-06&sig=abc\"",
                "container = positions")
            .container(null);

    assertThat(client.getBlobContainerName()).isEqualTo("positions");
  }

  @Test
  void anAccountUrlWithoutACredentialSaysHowToGiveOne() {
    assertThatThrownBy(() -> settings(ACCOUNT_URL, "container = positions").container(null))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("fromConfig(system, tokenCredential)");
  }

  @Test
  void aCredentialBesideAConnectionStringIsRefused() {
    assertThatThrownBy(
            () -> settings(CONNECTION_STRING, "container = positions").container(CREDENTIAL))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("account-url");
  }

  @Test
  void exactlyOneWayToTheAccountIsNeeded() {
    assertThatThrownBy(() -> settings("container = positions"))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("connection-string")
        .hasMessageContaining("account-url");
    assertThatThrownBy(() -> settings(CONNECTION_STRING, ACCOUNT_URL, "container = positions"))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("not both");
  }

  @ParameterizedTest
  @CsvSource({
    "container = '', pekko.eventhubs.partition-store.blob.container",
    "request-timeout = 0s, pekko.eventhubs.partition-store.blob.request-timeout",
    "request-timeout = soon, pekko.eventhubs.partition-store.blob.request-timeout",
    "service-version = 1999-01-01, pekko.eventhubs.partition-store.blob.service-version",
  })
  void aWrongValueIsRefusedByItsKey(String setting, String key) {
    assertThatThrownBy(
            () ->
                settings(CONNECTION_STRING, "container = positions", setting.replace("''", "\"\"")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ab", "Positions", "my_positions", "my--positions", "-positions", "positions-"})
  void aContainersNameThatCannotBeOneIsRefusedAtTheStartWithTheRule(String name) {
    assertThatThrownBy(() -> settings(CONNECTION_STRING, "container = \"" + name + "\""))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("container")
        .hasMessageContaining("'" + name + "' cannot be the name of a container")
        .hasMessageContaining("3 to 63 lower-case letters")
        .hasMessageNotContaining("service-version");
  }

  @Test
  void aContainersNameHasAtMost63Characters() {
    String longest = "a".repeat(63);
    assertThat(settings(CONNECTION_STRING, "container = " + longest).container(null)).isNotNull();
    assertThatThrownBy(() -> settings(CONNECTION_STRING, "container = " + longest + "a"))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("cannot be the name of a container");
  }

  @ParameterizedTest
  @CsvSource({
    "connection-string = nonsense",
    "'account-url = \"not a url sig=c2VjcmV0\"'",
  })
  void aMalformedWayToTheAccountIsRefusedWithoutShowingIt(String setting) {
    assertThatThrownBy(() -> settings(setting, "container = positions").container(null))
        .isInstanceOf(InvalidSettingsException.class)
        .hasNoCause()
        .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain(SECRET));
  }

  private static BlobStoreSettings settings(String... settings) {
    Config section =
        ConfigFactory.parseString(String.join("\n", settings))
            .withFallback(
                ConfigFactory.defaultReference().getConfig(BlobPartitionStore.CONFIG_PATH));
    return BlobStoreSettings.read(section);
  }
}
