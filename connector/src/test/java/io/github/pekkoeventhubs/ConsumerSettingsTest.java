// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenCredential;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

class ConsumerSettingsTest {

  private static final String KEY = "c2VjcmV0LXNlY3JldA==";
  private static final String CONNECTION_STRING =
      "Endpoint=sb://my-namespace.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey="
          + KEY;
  private static final Config DEFAULTS =
      ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH);

  private final ConsumerSettings defaults = ConsumerSettings.create(DEFAULTS);

  private static ConsumerSettings withEntry(String entry) {
    return ConsumerSettings.create(ConfigFactory.parseString(entry).withFallback(DEFAULTS));
  }

  @Test
  void theDefaultsAreThoseOfTheReference() {
    assertThat(defaults.connectionString()).isEmpty();
    assertThat(defaults.fullyQualifiedNamespace()).isEmpty();
    assertThat(defaults.credential()).isEmpty();
    assertThat(defaults.eventHubName()).isEmpty();
    assertThat(defaults.consumerGroup()).isEqualTo("$Default");
    assertThat(defaults.partitionStore()).isEmpty();
    assertThat(defaults.initialPosition()).isEmpty();
    assertThat(defaults.prefetchCount()).isEqualTo(2000);
    assertThat(defaults.maxBufferedEvents()).isEqualTo(4000);
    assertThat(defaults.maxBufferedBytes()).isEqualTo(8L * 1024 * 1024);
    assertThat(defaults.maxUncommitted()).isEqualTo(10_000);
    assertThat(defaults.connections()).isEqualTo(2);
    assertThat(defaults.acknowledgement()).isEqualTo(Acknowledgement.ORDERED);
    assertThat(defaults.handoverTimeout()).isEqualTo(Duration.ofSeconds(8));
    assertThat(defaults.reconnectMinBackoff()).isEqualTo(Duration.ofMillis(200));
    assertThat(defaults.reconnectMaxBackoff()).isEqualTo(Duration.ofSeconds(10));
    assertThat(defaults.stallCheck()).isEqualTo(Duration.ofSeconds(30));
    assertThat(defaults.metadataTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(defaults.partitionRefreshInterval()).isEqualTo(Duration.ofSeconds(60));
    assertThat(defaults.ownership())
        .isEqualTo(
            OwnershipSettings.create(new SettingsSection("the settings of a consumer", DEFAULTS)));
    assertThat(defaults.ownerLevel()).isEmpty();
    assertThat(defaults.forcedPartitions()).isFalse();
    assertThat(defaults.trackLastEnqueued()).isFalse();
  }

  @Test
  void eachEntryIsRead() {
    ConsumerSettings settings =
        withEntry(
            """
            connection-string = "a-connection-string"
            event-hub-name = orders
            consumer-group = billing
            initial-position = latest
            prefetch-count = 11
            max-buffered-events = 12
            max-buffered-bytes = 13 KiB
            max-uncommitted = 14
            connections = 5
            acknowledgement = unordered
            handover-timeout = 16s
            reconnect-min-backoff = 17ms
            reconnect-max-backoff = 18ms
            track-last-enqueued = on
            stall-check = 19s
            metadata-timeout = 20s
            partition-refresh-interval = 21s
            ownership.claim-retry-interval = 22s
            """);

    assertThat(settings.connectionString()).isEqualTo("a-connection-string");
    assertThat(settings.eventHubName()).isEqualTo("orders");
    assertThat(settings.consumerGroup()).isEqualTo("billing");
    assertThat(settings.initialPosition()).contains(EventPosition.latest());
    assertThat(settings.prefetchCount()).isEqualTo(11);
    assertThat(settings.maxBufferedEvents()).isEqualTo(12);
    assertThat(settings.maxBufferedBytes()).isEqualTo(13 * 1024);
    assertThat(settings.maxUncommitted()).isEqualTo(14);
    assertThat(settings.connections()).isEqualTo(5);
    assertThat(settings.acknowledgement()).isEqualTo(Acknowledgement.UNORDERED);
    assertThat(settings.handoverTimeout()).isEqualTo(Duration.ofSeconds(16));
    assertThat(settings.reconnectMinBackoff()).isEqualTo(Duration.ofMillis(17));
    assertThat(settings.reconnectMaxBackoff()).isEqualTo(Duration.ofMillis(18));
    assertThat(settings.trackLastEnqueued()).isTrue();
    assertThat(settings.stallCheck()).isEqualTo(Duration.ofSeconds(19));
    assertThat(settings.metadataTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(settings.partitionRefreshInterval()).isEqualTo(Duration.ofSeconds(21));
    assertThat(settings.ownership().claimRetryInterval()).isEqualTo(Duration.ofSeconds(22));
    assertThat(withEntry("initial-position = earliest").initialPosition())
        .contains(EventPosition.earliest());
  }

  private record Change<T>(
      String name,
      UnaryOperator<ConsumerSettings> change,
      Function<ConsumerSettings, T> getter,
      T value) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Change<?>> changes() {
    UnaryOperator<EventHubClientBuilder> customizer = builder -> builder.prefetchCount(1);
    OwnershipSettings ownership = withEntry("ownership.validity = 90s").ownership();
    return Stream.of(
        new Change<>(
            "connectionString",
            s -> s.withConnectionString(CONNECTION_STRING),
            ConsumerSettings::connectionString,
            CONNECTION_STRING),
        new Change<>("eventHub", s -> s.withEventHubName("e"), ConsumerSettings::eventHubName, "e"),
        new Change<>("group", s -> s.withConsumerGroup("g"), ConsumerSettings::consumerGroup, "g"),
        new Change<>(
            "initialPosition",
            s -> s.withInitialPosition(EventPosition.fromSequenceNumber(7)),
            s -> s.initialPosition().orElseThrow(),
            EventPosition.fromSequenceNumber(7)),
        new Change<>("prefetch", s -> s.withPrefetchCount(1), ConsumerSettings::prefetchCount, 1),
        new Change<>(
            "bufferedEvents",
            s -> s.withMaxBufferedEvents(2),
            ConsumerSettings::maxBufferedEvents,
            2),
        new Change<>(
            "bufferedBytes",
            s -> s.withMaxBufferedBytes(3),
            ConsumerSettings::maxBufferedBytes,
            3L),
        new Change<>(
            "uncommitted", s -> s.withMaxUncommitted(4), ConsumerSettings::maxUncommitted, 4),
        new Change<>("connections", s -> s.withConnections(5), ConsumerSettings::connections, 5),
        new Change<>(
            "acknowledgement",
            s -> s.withAcknowledgement(Acknowledgement.UNORDERED),
            ConsumerSettings::acknowledgement,
            Acknowledgement.UNORDERED),
        new Change<>(
            "handover",
            s -> s.withHandoverTimeout(Duration.ofSeconds(6)),
            ConsumerSettings::handoverTimeout,
            Duration.ofSeconds(6)),
        new Change<>(
            "minBackoff",
            s -> s.withReconnectBackoff(Duration.ofSeconds(1), Duration.ofSeconds(2)),
            ConsumerSettings::reconnectMinBackoff,
            Duration.ofSeconds(1)),
        new Change<>(
            "maxBackoff",
            s -> s.withReconnectBackoff(Duration.ofSeconds(1), Duration.ofSeconds(2)),
            ConsumerSettings::reconnectMaxBackoff,
            Duration.ofSeconds(2)),
        new Change<>(
            "stallCheck",
            s -> s.withStallCheck(Duration.ofSeconds(7)),
            ConsumerSettings::stallCheck,
            Duration.ofSeconds(7)),
        new Change<>(
            "metadataTimeout",
            s -> s.withMetadataTimeout(Duration.ofSeconds(8)),
            ConsumerSettings::metadataTimeout,
            Duration.ofSeconds(8)),
        new Change<>(
            "refresh",
            s -> s.withPartitionRefreshInterval(Duration.ofSeconds(9)),
            ConsumerSettings::partitionRefreshInterval,
            Duration.ofSeconds(9)),
        new Change<>(
            "ownership", s -> s.withOwnership(ownership), ConsumerSettings::ownership, ownership),
        new Change<>("ownerLevel", s -> s.withOwnerLevel(3), s -> s.ownerLevel().orElseThrow(), 3L),
        new Change<>(
            "forced",
            ConsumerSettings::withForcedPartitions,
            ConsumerSettings::forcedPartitions,
            true),
        new Change<>(
            "lastEnqueued",
            s -> s.withTrackLastEnqueued(true),
            ConsumerSettings::trackLastEnqueued,
            true),
        new Change<>(
            "customizer",
            s -> s.withClientCustomizer(customizer),
            ConsumerSettings::clientCustomizer,
            customizer));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aChangeReturnsACopyThatKeepsItThroughOtherChangesAndLeavesTheOriginalAlone(
      Change<?> change) {
    String before = defaults.toString();

    ConsumerSettings changed = change.change().apply(defaults);

    assertThat(change.getter().apply(changed)).isEqualTo(change.value());
    ConsumerSettings changedAgain =
        change.name().equals("forced") ? changed.withOwnerLevel(9) : changed.withForcedPartitions();
    assertThat(change.getter().apply(changedAgain)).isEqualTo(change.value());
    assertThat(defaults).hasToString(before);
  }

  static Stream<Arguments> badEntries() {
    return Stream.of(
        Arguments.of(
            "prefetch-count = 0", "prefetch-count must lie between 1 and 8000, and not be 0"),
        Arguments.of("prefetch-count = 8001", "prefetch-count must lie between 1 and 8000"),
        Arguments.of("prefetch-count = many", "prefetch-count must be a whole number"),
        Arguments.of(
            "max-buffered-events = 0", "max-buffered-events must be at least 1, and not 0"),
        Arguments.of("max-buffered-bytes = 0", "max-buffered-bytes must be at least 1, and not 0"),
        Arguments.of("max-buffered-bytes = big", "max-buffered-bytes must be a size such as"),
        Arguments.of("max-uncommitted = 0", "max-uncommitted must be at least 1, and not 0"),
        Arguments.of("connections = 65", "connections must lie between 1 and 64, and not be 65"),
        Arguments.of(
            "acknowledgement = sorted",
            "acknowledgement must be one of ordered, unordered, and not 'sorted'"),
        Arguments.of("handover-timeout = 0s", "handover-timeout must be longer than zero"),
        Arguments.of("handover-timeout = soon", "handover-timeout must be a duration such as '5s'"),
        Arguments.of(
            "reconnect-min-backoff = 0s", "reconnect-min-backoff must be longer than zero"),
        Arguments.of(
            "reconnect-max-backoff = 100ms",
            "reconnect-max-backoff (100ms) must not be shorter than reconnect-min-backoff (200ms)"),
        Arguments.of("stall-check = 0s", "stall-check must be longer than zero, and not 0s"),
        Arguments.of("metadata-timeout = 0s", "metadata-timeout must be longer than zero"),
        Arguments.of(
            "partition-refresh-interval = 0s", "partition-refresh-interval must be longer"),
        Arguments.of(
            "initial-position = yesterday",
            "initial-position must be 'earliest' or 'latest' in configuration, and not 'yesterday';"
                + " give any other position in code, with withInitialPosition"),
        Arguments.of("ownership.validity = 1s", "ownership.validity (1s) must be longer than"));
  }

  @ParameterizedTest
  @MethodSource("badEntries")
  void aBadEntryIsRefusedByItsName(String entry, String message) {
    assertThatThrownBy(() -> withEntry(entry))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aMissingEntryIsRefusedByItsName() {
    assertThatThrownBy(() -> ConsumerSettings.create(DEFAULTS.withoutPath("prefetch-count")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("prefetch-count is missing");
  }

  @Test
  void aNegativeOwnerLevelIsRefused() {
    assertThatThrownBy(() -> defaults.withOwnerLevel(-1))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageStartingWith("owner-level must be at least 0, and not -1");
  }

  @Test
  void aCredentialAndAConnectionStringReplaceEachOther() {
    TokenCredential credential = request -> Mono.empty();
    ConsumerSettings withCredential =
        defaults
            .withConnectionString(CONNECTION_STRING)
            .withCredential("my-namespace.servicebus.windows.net", credential);

    assertThat(withCredential.connectionString()).isEmpty();
    assertThat(withCredential.credential()).containsSame(credential);
    assertThat(withCredential.fullyQualifiedNamespace())
        .isEqualTo("my-namespace.servicebus.windows.net");
    ConsumerSettings withConnectionString = withCredential.withConnectionString(CONNECTION_STRING);
    assertThat(withConnectionString.credential()).isEmpty();
    assertThat(withConnectionString.fullyQualifiedNamespace()).isEmpty();
  }

  @Test
  void anEntityPathThatDiffersFromTheNameOfTheEventHubIsNamedWithBoth() {
    ConsumerSettings settings =
        defaults
            .withConnectionString(CONNECTION_STRING + ";EntityPath=invoices")
            .withEventHubName("orders");

    assertThatThrownBy(() -> settings.connected(new EventHubClientBuilder()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("event-hub-name is 'orders'")
        .hasMessageContaining("EntityPath of connection-string is 'invoices'")
        .hasMessageNotContaining(KEY);
  }

  @Test
  void aDescriptionTellsNoSecret() {
    assertThat(defaults.withConnectionString(CONNECTION_STRING).toString())
        .contains("access=connection string", "prefetchCount=2000")
        .doesNotContain(KEY)
        .doesNotContain("SharedAccess");
  }
}
