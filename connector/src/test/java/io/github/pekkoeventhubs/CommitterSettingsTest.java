// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.javadsl.Committer;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CommitterSettingsTest {

  private static final Config DEFAULTS =
      ConfigFactory.defaultReference().getConfig(CommitterSettings.CONFIG_PATH);

  private static CommitterSettings withEntry(String entry) {
    return CommitterSettings.create(ConfigFactory.parseString(entry).withFallback(DEFAULTS));
  }

  @Test
  void theDefaultsAreThoseOfTheReference() {
    CommitterSettings settings = CommitterSettings.create(DEFAULTS);

    assertThat(settings.maxBatch()).isEqualTo(4000);
    assertThat(settings.maxInterval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.idleFlushDelay()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.parallelism()).isEqualTo(64);
    assertThat(settings.maxUnwritten()).isEqualTo(10_000);
    assertThat(settings.delivery()).isEqualTo(CommitDelivery.WAIT_FOR_ACK);
    assertThat(settings.when()).isEqualTo(CommitWhen.OFFSET_FIRST_OBSERVED);
    assertThat(settings.flushTimeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void eachEntryIsRead() {
    CommitterSettings settings =
        withEntry(
            """
            max-batch = 7
            max-interval = 70ms
            idle-flush-delay = 71ms
            parallelism = 3
            max-unwritten = 9
            delivery = send-and-forget
            when = next-offset-observed
            flush-timeout = 72ms
            """);

    assertThat(settings)
        .hasToString(
            "CommitterSettings(maxBatch=7, maxInterval=PT0.07S, idleFlushDelay=PT0.071S,"
                + " parallelism=3, maxUnwritten=9, delivery=SEND_AND_FORGET,"
                + " when=NEXT_OFFSET_OBSERVED, flushTimeout=PT0.072S)");
  }

  @Test
  void aChangeReturnsACopyAndLeavesTheOriginalAlone() {
    CommitterSettings original = CommitterSettings.create(DEFAULTS);
    CommitterSettings changed =
        original
            .withMaxBatch(5)
            .withMaxInterval(Duration.ofSeconds(6))
            .withIdleFlushDelay(Duration.ofSeconds(7))
            .withParallelism(8)
            .withMaxUnwritten(9)
            .withDelivery(CommitDelivery.SEND_AND_FORGET)
            .withWhen(CommitWhen.NEXT_OFFSET_OBSERVED)
            .withFlushTimeout(Duration.ofSeconds(10));

    assertThat(changed)
        .hasToString(
            "CommitterSettings(maxBatch=5, maxInterval=PT6S, idleFlushDelay=PT7S, parallelism=8,"
                + " maxUnwritten=9, delivery=SEND_AND_FORGET, when=NEXT_OFFSET_OBSERVED,"
                + " flushTimeout=PT10S)");
    assertThat(original).hasToString(CommitterSettings.create(DEFAULTS).toString());
  }

  @Test
  void valuesThatFitTogetherMayBeSetInAnyOrder() {
    CommitterSettings settings = CommitterSettings.create(DEFAULTS);

    assertThat(settings.withMaxBatch(20_000).withMaxUnwritten(40_000).validated())
        .hasToString(settings.withMaxUnwritten(40_000).withMaxBatch(20_000).toString());
    assertThat(settings.withMaxUnwritten(200).withMaxBatch(100).validated().maxBatch())
        .isEqualTo(100);
  }

  static Stream<Arguments> badEntries() {
    return Stream.of(
        Arguments.of("max-batch = 0", "max-batch must be at least 1, and not 0"),
        Arguments.of("max-batch = many", "max-batch must be a whole number"),
        Arguments.of("max-interval = 0s", "max-interval must be longer than zero, and not 0s"),
        Arguments.of("max-interval = -1s", "max-interval must be longer than zero, and not -1s"),
        Arguments.of("max-interval = soon", "max-interval must be a duration such as '5s'"),
        Arguments.of("idle-flush-delay = 0s", "idle-flush-delay must be longer than zero"),
        Arguments.of("parallelism = 0", "parallelism must be at least 1, and not 0"),
        Arguments.of(
            "max-unwritten = 3999", "max-unwritten (3999) must not be below max-batch (4000)"),
        Arguments.of(
            "delivery = maybe", "delivery must be one of wait-for-ack, send-and-forget, and not"),
        Arguments.of(
            "when = later",
            "when must be one of offset-first-observed, next-offset-observed, and not 'later'"),
        Arguments.of("flush-timeout = 0s", "flush-timeout must be longer than zero"));
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
    assertThatThrownBy(() -> CommitterSettings.create(DEFAULTS.withoutPath("max-interval")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("max-interval is missing");
  }

  @Test
  void aBadValueGivenInCodeIsRefusedToo() {
    CommitterSettings settings = CommitterSettings.create(DEFAULTS);

    assertThatThrownBy(() -> Committer.sink(settings.withMaxBatch(10_001)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("max-unwritten (10000) must not be below max-batch (10001)");
    assertThatThrownBy(() -> settings.withMaxUnwritten(0))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("max-unwritten must be at least 1, and not 0");
    assertThatThrownBy(() -> settings.withParallelism(-1))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("parallelism must be at least 1, and not -1");
  }
}
