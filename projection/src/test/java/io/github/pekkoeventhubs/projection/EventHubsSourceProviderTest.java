// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidCheckpointPolicy;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.StreamsHealth;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a projection starts, and from where it must not. */
class EventHubsSourceProviderTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final EventHubsEmulator eventHubs =
      EventHubsEmulator.builder().eventHub("orders", 1).start();
  private final ActorSystem system = ActorSystem.create("starts");
  private final ConsumerSettings settings =
      ConsumerSettings.create(system)
          .withConnectionString(eventHubs.connectionString())
          .withEventHubName("orders");

  @AfterEach
  void stop() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    eventHubs.close();
  }

  private static Source<PartitionEvent, NotUsed> source(
      ConsumerSettings settings, CompletionStage<Optional<Long>> offset) {
    return EventHubsSourceProvider.create(settings, "0")
        .source(() -> offset)
        .toCompletableFuture()
        .join();
  }

  private CompletableFuture<PartitionEvent> head(
      ConsumerSettings settings, CompletionStage<Optional<Long>> offset) {
    return source(settings, offset)
        .runWith(Sink.head(), system)
        .toCompletableFuture()
        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private String first(ConsumerSettings settings, Optional<Long> offset) {
    return head(settings, CompletableFuture.completedFuture(offset))
        .join()
        .getData()
        .getBodyAsString();
  }

  @Test
  void latestWithoutAnOffsetIsRefused() {
    ConsumerSettings latest = settings.withInitialPosition(EventPosition.latest());

    assertThat(head(latest, CompletableFuture.completedFuture(Optional.empty())))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(InvalidSettingsException.class)
        .withMessageContaining("initial-position = latest, and the projection has no offset")
        .withMessageContaining("partition 0 of event hub 'orders'")
        .withMessageContaining("Set it to earliest");
  }

  @Test
  void aRefusedStartIsAFailedStreamUntilAnotherOneBegins() {
    ConsumerSettings latest = settings.withInitialPosition(EventPosition.latest());
    assertThat(head(latest, CompletableFuture.completedFuture(Optional.empty())))
        .failsWithin(PATIENCE);

    assertThat(StreamsHealth.of(system).ready().reasons())
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("projection-0", "'orders'", "initial-position = latest");
    eventHubs.send("orders", "0", new EventData("a"), new EventData("b"));
    assertThat(first(latest, Optional.of(0L))).isEqualTo("b");
    await().atMost(PATIENCE).until(() -> StreamsHealth.of(system).ready().isYes());
  }

  @Test
  void anOffsetThatCannotBeReadIsAFailedStreamToo() {
    assertThat(
            head(
                settings, CompletableFuture.failedFuture(new IllegalStateException("no database"))))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .havingCause()
        .withMessage("no database");

    assertThat(StreamsHealth.of(system).ready().reasons().toString()).contains("no database");
  }

  @Test
  void anOffsetAnEarliestEventOrATimeIsAStart() {
    Instant before = Instant.now().minusSeconds(3600);
    eventHubs.send("orders", "0", new EventData("a"), new EventData("b"));

    assertThat(first(settings.withInitialPosition(EventPosition.latest()), Optional.of(0L)))
        .isEqualTo("b");
    assertThat(first(settings.withInitialPosition(EventPosition.earliest()), Optional.empty()))
        .isEqualTo("a");
    assertThat(
            first(
                settings.withInitialPosition(EventPosition.fromEnqueuedTime(before)),
                Optional.empty()))
        .isEqualTo("a");
  }

  private ConsumerSettings whereOffsetsAreInvalid(InvalidCheckpointPolicy policy) {
    return settings.withContinuity(settings.continuity().withOnInvalidCheckpoint(policy));
  }

  @Test
  void anOffsetThatCannotBeUsedDoesNotLeadToTheEnd() {
    eventHubs.send("orders", "0", new EventData("a"));

    assertThatThrownBy(
            () -> first(whereOffsetsAreInvalid(InvalidCheckpointPolicy.latest()), Optional.of(7L)))
        .hasRootCauseInstanceOf(InvalidSettingsException.class)
        .rootCause()
        .hasMessageContaining("continuity.on-invalid-checkpoint = latest leads to latest")
        .hasMessageContaining("earliest");
    assertThat(first(whereOffsetsAreInvalid(InvalidCheckpointPolicy.earliest()), Optional.of(7L)))
        .isEqualTo("a");
  }
}
