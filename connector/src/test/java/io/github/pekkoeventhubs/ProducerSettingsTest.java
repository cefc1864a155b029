// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.amqp.AmqpClientOptions;
import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

class ProducerSettingsTest {

  private static final String CONNECTION_STRING =
      "Endpoint=sb://localhost;SharedAccessKeyName=name;SharedAccessKey=c2VjcmV0;"
          + "UseDevelopmentEmulator=true";

  private static final TokenCredential CREDENTIAL =
      request -> Mono.just(new AccessToken("secret-token", OffsetDateTime.MAX));

  private final Config section =
      ConfigFactory.defaultReference().getConfig(ProducerSettings.CONFIG_PATH);
  private final ProducerSettings defaults = ProducerSettings.create(section);

  @Test
  void readsTheDefaultsOfTheReferenceConfiguration() {
    assertThat(defaults.connectionString()).isEmpty();
    assertThat(defaults.eventHubName()).isEmpty();
    assertThat(defaults.maxBatchBytes()).isEqualTo(1024 * 1024);
    assertThat(defaults.maxBatchEvents()).isEqualTo(10_000);
    assertThat(defaults.maxWait()).isEqualTo(Duration.ofMillis(10));
    assertThat(defaults.parallelism()).isEqualTo(8);
    assertThat(defaults.maxBufferedBytes()).isEqualTo(48 * 1024 * 1024);
    assertThat(defaults.sendTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(defaults.maxRetries()).isEqualTo(12);
    assertThat(defaults.retryMinBackoff()).isEqualTo(Duration.ofMillis(200));
    assertThat(defaults.retryMaxBackoff()).isEqualTo(Duration.ofSeconds(10));
    assertThat(defaults.unanswered()).isEqualTo(UnansweredSends.RETRY);
    assertThat(defaults.partitionRefreshInterval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(defaults.oversizedEventHandler()).isEmpty();
  }

  @Test
  void keepsWhatIsSetAndLeavesTheOriginalAlone() {
    OversizedEventHandler handler =
        (event, reason) -> CompletableFuture.completedFuture(Optional.empty());
    ProducerSettings changed =
        defaults
            .withConnectionString(CONNECTION_STRING)
            .withEventHubName("orders")
            .withMaxBatchBytes(1000)
            .withMaxBatchEvents(10)
            .withMaxWait(Duration.ZERO)
            .withParallelism(2)
            .withMaxBufferedBytes(5000)
            .withSendTimeout(Duration.ofSeconds(3))
            .withMaxRetries(0)
            .withRetryBackoff(Duration.ofMillis(1), Duration.ofMillis(2))
            .withPartitionRefreshInterval(Duration.ofSeconds(4))
            .withUnanswered(UnansweredSends.FAIL)
            .withOversizedEventHandler(handler);

    assertThat(changed.connectionString()).isEqualTo(CONNECTION_STRING);
    assertThat(changed.eventHubName()).isEqualTo("orders");
    assertThat(changed.maxBatchBytes()).isEqualTo(1000);
    assertThat(changed.maxBatchEvents()).isEqualTo(10);
    assertThat(changed.maxWait()).isZero();
    assertThat(changed.parallelism()).isEqualTo(2);
    assertThat(changed.maxBufferedBytes()).isEqualTo(5000);
    assertThat(changed.sendTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(changed.maxRetries()).isZero();
    assertThat(changed.retryMinBackoff()).isEqualTo(Duration.ofMillis(1));
    assertThat(changed.retryMaxBackoff()).isEqualTo(Duration.ofMillis(2));
    assertThat(changed.unanswered()).isEqualTo(UnansweredSends.FAIL);
    assertThat(changed.partitionRefreshInterval()).isEqualTo(Duration.ofSeconds(4));
    assertThat(changed.oversizedEventHandler()).contains(handler);
    assertThat(defaults.eventHubName()).isEmpty();
  }

  @Test
  void theLastWayToConnectCounts() {
    ProducerSettings withCredential =
        defaults
            .withConnectionString(CONNECTION_STRING)
            .withCredential("my.servicebus.windows.net", CREDENTIAL);

    assertThat(withCredential.connectionString()).isEmpty();
    assertThat(withCredential.credential()).contains(CREDENTIAL);
    assertThat(withCredential.withConnectionString(CONNECTION_STRING).credential()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "max-batch-bytes, 0",
    "max-batch-bytes, 3 GiB",
    "max-batch-events, 0",
    "max-wait, -1s",
    "parallelism, 0",
    "max-buffered-bytes, 0",
    "send-timeout, 0s",
    "max-retries, -1",
    "retry-min-backoff, 0s",
    "retry-max-backoff, 1ms",
    "parallelism, many"
  })
  void refusesAValueOutOfBoundsWithItsKey(String key, String value) {
    Config malformed = ConfigFactory.parseString(key + " = " + value).withFallback(section);

    assertThatThrownBy(() -> ProducerSettings.create(malformed))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(key);
  }

  @Test
  void needsAWayToConnect() {
    assertThatThrownBy(() -> defaults.withEventHubName("orders").validated())
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("connection-string")
        .hasMessageContaining("withCredential");
  }

  @Test
  void needsAnEventHub() {
    ProducerSettings settings = defaults.withConnectionString(CONNECTION_STRING);

    assertThatThrownBy(settings::validated)
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("event-hub-name");
    assertThat(settings.withEventHubName("orders").validated()).isNotNull();
    assertThat(settings.withConnectionString(CONNECTION_STRING + ";EntityPath=orders").validated())
        .isNotNull();
  }

  @Test
  void anEntityPathThatDiffersFromTheNameOfTheEventHubIsNamedWithBoth() {
    ProducerSettings settings =
        defaults
            .withConnectionString(CONNECTION_STRING + ";EntityPath=invoices")
            .withEventHubName("orders");

    assertThatThrownBy(() -> settings.buildClient(true))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("event-hub-name is 'orders'")
        .hasMessageContaining("EntityPath of connection-string is 'invoices'")
        .hasMessageContaining("name the same event hub in both");
  }

  @Test
  void needsABufferForAtLeastOneBatch() {
    ProducerSettings settings =
        defaults
            .withConnectionString(CONNECTION_STRING)
            .withEventHubName("orders")
            .withMaxBufferedBytes(1024);

    assertThatThrownBy(settings::validated)
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("max-buffered-bytes")
        .hasMessageContaining("max-batch-bytes");
  }

  @Test
  void aMalformedConnectionStringIsReportedWithoutItsText() {
    ProducerSettings settings =
        defaults.withConnectionString("Endpoint=sb://x;c2VjcmV0").withEventHubName("orders");

    assertThatThrownBy(() -> settings.buildClient(true))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("connection-string")
        .hasMessageNotContaining("c2VjcmV0")
        .hasNoCause();
  }

  @Test
  void theCustomizerSeesEachBuilder() {
    AtomicInteger calls = new AtomicInteger();
    ProducerSettings settings =
        defaults
            .withConnectionString(CONNECTION_STRING)
            .withEventHubName("orders")
            .withClientCustomizer(
                builder -> {
                  calls.incrementAndGet();
                  return builder.clientOptions(new AmqpClientOptions().setIdentifier("billing"));
                });

    try (EventHubProducerAsyncClient client = settings.buildClient(true)) {
      assertThat(client.getIdentifier()).isEqualTo("billing");
      assertThat(client.getEventHubName()).isEqualTo("orders");
    }
    assertThat(calls).hasValue(1);
  }

  @Test
  void aCustomizerThatFailsIsNamedAndNotTakenForAWrongConnectionString() {
    ProducerSettings settings =
        defaults
            .withConnectionString(CONNECTION_STRING)
            .withEventHubName("orders")
            .withClientCustomizer(
                builder -> {
                  throw new IllegalArgumentException("proxy host is not valid");
                });

    assertThatThrownBy(() -> settings.buildClient(true))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("withClientCustomizer")
        .hasMessageContaining("proxy host is not valid")
        .hasMessageNotContaining("connection-string");
  }

  @Test
  void aSharedClientIsAccessEnoughAndNamesTheEventHub() {
    try (EventHubProducerAsyncClient client =
        defaults
            .withConnectionString(CONNECTION_STRING)
            .withEventHubName("orders")
            .buildClient(true)) {
      assertThat(defaults.withClient(client).validated().client()).contains(client);
    }
  }

  @Test
  void anEventHubThatIsNotTheOneOfTheSharedClientIsRefusedWithBothInEitherOrder() {
    try (EventHubProducerAsyncClient client =
        defaults
            .withConnectionString(CONNECTION_STRING)
            .withEventHubName("orders")
            .buildClient(true)) {
      for (ProducerSettings settings :
          List.of(
              defaults.withClient(client).withEventHubName("dead-letters"),
              defaults.withEventHubName("dead-letters").withClient(client))) {
        assertThatThrownBy(settings::validated)
            .isInstanceOf(InvalidSettingsException.class)
            .hasMessageContaining("event-hub-name is 'dead-letters'")
            .hasMessageContaining("the client given to withClient sends to event hub 'orders'")
            .hasMessageContaining("give a client for 'dead-letters'");
      }
      assertThat(defaults.withClient(client).withEventHubName("Orders").validated()).isNotNull();
      assertThat(
              defaults
                  .withClient(client)
                  .withConnectionString(CONNECTION_STRING)
                  .withEventHubName("dead-letters")
                  .validated())
          .isNotNull();
    }
  }

  @Test
  void secretsAreNotPrinted() {
    assertThat(defaults.withConnectionString(CONNECTION_STRING))
        .asString()
        .contains("connection string")
        .doesNotContain("c2VjcmV0");
    assertThat(defaults.withCredential("my.servicebus.windows.net", CREDENTIAL))
        .asString()
        .contains("my.servicebus.windows.net")
        .doesNotContain("secret-token");
  }
}
