// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every section of ours refuses unknown keys, and durations that cannot be meant. */
class SettingsSectionTest {

  /** A section, and what reads it. */
  private record Section(String path, String needed, Consumer<Config> reader) {

    Config with(String entries) {
      return ConfigFactory.parseString(entries + "\n" + needed)
          .withFallback(ConfigFactory.defaultReference().getConfig(path))
          .resolve();
    }

    void read(Config config) {
      reader.accept(config);
    }

    @Override
    public String toString() {
      return path;
    }
  }

  private static final Section CONSUMER =
      new Section(ConsumerSettings.CONFIG_PATH, "", ConsumerSettings::create);
  private static final Section PRODUCER =
      new Section(ProducerSettings.CONFIG_PATH, "", ProducerSettings::create);
  private static final Section COMMITTER =
      new Section(CommitterSettings.CONFIG_PATH, "", CommitterSettings::create);
  private static final Section STORE =
      new Section(
          BlobPartitionStore.CONFIG_PATH,
          "account-url = \"https://a.blob.core.windows.net\", container = checkpoints",
          BlobStoreSettings::read);

  static Stream<Section> sections() {
    return Stream.of(CONSUMER, PRODUCER, COMMITTER, STORE);
  }

  static Stream<Arguments> durations() {
    return sections()
        .flatMap(
            section ->
                section.with("").entrySet().stream()
                    .filter(entry -> isDuration(section, entry.getKey()))
                    .map(entry -> Arguments.of(section, entry.getKey())));
  }

  private static boolean isDuration(Section section, String key) {
    return section.with("").getValue(key).unwrapped().toString().matches("\\d+(ms|s|m)");
  }

  @ParameterizedTest
  @MethodSource("sections")
  void theWholeReferenceIsKnown(Section section) {
    assertThatCode(() -> section.read(section.with(""))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("sections")
  void anUnknownKeyIsRefused(Section section) {
    assertThatThrownBy(() -> section.read(section.with("nonsense-of-mine = 5")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("'nonsense-of-mine' (value 5, from String: 1)")
        .hasMessageContaining("the nearest is '");
  }

  @ParameterizedTest
  @MethodSource("sections")
  void anUnknownObjectIsRefusedEvenIfItIsEmpty(Section section) {
    assertThatThrownBy(() -> section.read(section.with("of-mine {}")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("'of-mine'");
  }

  @ParameterizedTest
  @MethodSource("durations")
  void aDurationWithoutAUnitIsRefused(Section section, String key) {
    assertThatThrownBy(() -> section.read(section.with(key + " = 30")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(
            key + " = 30 has no unit, and would mean milliseconds: write 30s for seconds, or 30ms");
    assertThatThrownBy(() -> section.read(section.with(key + " = \"30\"")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("has no unit");
  }

  @Test
  void thereAreDurationsInEverySection() {
    assertThat(durations().map(arguments -> arguments.get()[0].toString()).distinct())
        .containsExactlyInAnyOrder(
            CONSUMER.path(), PRODUCER.path(), COMMITTER.path(), STORE.path());
    assertThat(durations().map(arguments -> arguments.get()[1].toString()))
        .contains("handover-timeout", "ownership.expiry", "balanced.unsettled-interval");
  }

  @ParameterizedTest
  @CsvSource({
    "prefetch-cont = 30, prefetch-count",
    "prefetchCount = 30, prefetch-count",
    "hand_over_timeout = 30s, handover-timeout",
    "ownership.validty = 90s, ownership.validity",
    "balancing-interval = 10s, balanced.balancing-interval",
    "ownership.handover-timeout = 8s, handover-timeout",
  })
  void theNearestKeyIsNamed(String entry, String meant) {
    assertThatThrownBy(() -> CONSUMER.read(CONSUMER.with(entry)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("the nearest is '" + meant + "'");
  }

  @Test
  void theValueOfAMistypedSecretIsNotShown() {
    assertThatThrownBy(
            () ->
                CONSUMER.read(
                    CONSUMER.with("connection-strng = \"Endpoint=sb://x;SharedAccessKey=c2Vj\"")))
        .hasMessageContaining("'connection-strng' (value not shown, from String: 1)")
        .hasMessageContaining("'connection-string'")
        .hasMessageNotContaining("c2Vj");
  }

  @ParameterizedTest
  @CsvSource({
    "handover-timeout = 30ms, handover-timeout must be at least 50ms",
    "metadata-timeout = 10ms, metadata-timeout must be at least 100ms",
    "stall-check = 5ms, stall-check must be at least 10ms",
    "partition-refresh-interval = 60ms, partition-refresh-interval must be at least 100ms",
    "ownership.renewal-interval = 60ms, ownership.renewal-interval must be at least 100ms",
    "balanced.balancing-interval = 9ms, balanced.balancing-interval must be at least 10ms",
  })
  void aDurationOfAConsumerThatIsTooShortToBeMeantIsRefused(String entry, String message) {
    assertThatThrownBy(() -> CONSUMER.read(CONSUMER.with(entry)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theOtherSectionsHaveTheirLowerBoundsToo() {
    assertThatThrownBy(() -> PRODUCER.read(PRODUCER.with("send-timeout = 30ms")))
        .hasMessageContaining("send-timeout must be at least 100ms");
    assertThatThrownBy(() -> COMMITTER.read(COMMITTER.with("flush-timeout = 5ms")))
        .hasMessageContaining("flush-timeout must be at least 10ms");
    assertThatThrownBy(() -> STORE.read(STORE.with("request-timeout = 2ms")))
        .hasMessageContaining("request-timeout must be at least 50ms");
  }

  @Test
  void zeroNeedsNoUnit() {
    assertThat(ConsumerSettings.create(CONSUMER.with("restart-hold = 0")).restartHold()).isZero();
    assertThat(ProducerSettings.create(PRODUCER.with("max-wait = 0")).maxWait()).isZero();
  }

  @Test
  void aDurationThatAProgramHasPutThereNeedsNoUnit() {
    Config config =
        ConfigFactory.parseMap(Map.of("handover-timeout", Duration.ofSeconds(6)))
            .withFallback(CONSUMER.with(""));

    assertThat(ConsumerSettings.create(config).handoverTimeout()).isEqualTo(Duration.ofSeconds(6));
    assertThatThrownBy(
            () ->
                CONSUMER.read(
                    CONSUMER
                        .with("")
                        .withValue("handover-timeout", ConfigValueFactory.fromAnyRef(30))))
        .hasMessageContaining("has no unit");
  }

  @Test
  void aCopyOfASectionMayChangeWhatItInherits() {
    Config copy =
        ConfigFactory.parseString(
                """
                billing = ${pekko.eventhubs.consumer}
                billing { consumer-group = billing, ownership.validity = 90s }
                """)
            .withFallback(ConfigFactory.defaultReference())
            .resolve()
            .getConfig("billing");

    assertThat(ConsumerSettings.create(copy).consumerGroup()).isEqualTo("billing");
  }

  static Stream<Arguments> descriptions() {
    return Stream.of(
        Arguments.of(CONSUMER, ConsumerSettings.create(CONSUMER.with("")).toString()),
        Arguments.of(PRODUCER, ProducerSettings.create(PRODUCER.with("")).toString()),
        Arguments.of(COMMITTER, CommitterSettings.create(COMMITTER.with("")).toString()));
  }

  @ParameterizedTest
  @MethodSource("descriptions")
  void theTextFormNamesEveryKeyButTheSecret(Section section, String description) {
    assertThat(section.with("").entrySet())
        .extracting(Map.Entry::getKey)
        .filteredOn(key -> !key.equals("connection-string"))
        .allSatisfy(key -> assertThat(description).contains(inCamelCase(key) + "="));
  }

  private static String inCamelCase(String key) {
    StringBuilder name = new StringBuilder();
    for (String word : key.substring(key.lastIndexOf('.') + 1).split("-")) {
      name.append(
          name.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return name.toString();
  }
}
