// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.RecordingStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several streams of one consumer group on one node. */
class StreamsOfOneNodeTest {

  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ClusterNode node = ClusterNode.first();
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    node.close();
    services.close();
  }

  private ConsumerSettings settings() {
    return services.consumerSettings(node.system());
  }

  private Consumer.DrainingControl<Done> consume(ConsumerSettings settings) {
    return RecordingStream.run(node.system(), settings, Subscriptions.clusterSharded(), processed);
  }

  private List<BlobWrite> ownershipWrites() {
    return services.blobs().writes().stream()
        .filter(write -> write.blob().contains("/ownership/"))
        .toList();
  }

  @Test
  void aPartitionMovesBetweenThemUnderTheSameClaimWithoutLossAndRepetition() throws Exception {
    Consumer.DrainingControl<Done> first = consume(settings());
    services.sendToEach(200);
    await().atMost(PATIENCE).until(() -> RecordingStream.running(first) == PARTITIONS);

    Consumer.DrainingControl<Done> second = consume(settings());
    services.sendToEach(200);
    await()
        .atMost(PATIENCE)
        .until(() -> RecordingStream.running(first) == 2 && RecordingStream.running(second) == 2);
    services.sendToEach(200);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 600);
    assertThat(second.status().partitions().values())
        .filteredOn(status -> status.state() == OwnerState.RUNNING)
        .allSatisfy(status -> assertThat(status.ownerId()).isNotEmpty());

    second.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> RecordingStream.running(first) == PARTITIONS);
    services.sendToEach(200);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 800);

    assertThat(ownershipWrites())
        .as("no partition was released")
        .noneMatch(write -> "".equals(write.metadata().get("ownerid")));
    assertThat(
            ownershipWrites().stream()
                .collect(
                    Collectors.groupingBy(
                        BlobWrite::blob,
                        Collectors.mapping(
                            write -> write.metadata().get(StoredOwnership.CLAIM_TOKEN),
                            Collectors.toSet()))))
        .as("the tokens of the claims")
        .hasSize(PARTITIONS)
        .allSatisfy((partition, tokens) -> assertThat(tokens).hasSize(1));

    first.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(processed).hasSize(PARTITIONS * 800).doesNotHaveDuplicates();
    assertThat(services.checkpoints())
        .isEqualTo(Map.of("0", 799L, "1", 799L, "2", 799L, "3", 799L));
    assertThat(services.owners().values()).containsOnly("");
  }

  @Test
  void aStreamThatJoinsAndLeavesAtOnceLeavesNoPartitionBehind() throws Exception {
    Consumer.DrainingControl<Done> first = consume(settings());
    await().atMost(PATIENCE).until(() -> RecordingStream.running(first) == PARTITIONS);
    for (int round = 0; round < 5; round++) {
      Consumer.DrainingControl<Done> passing = consume(settings());
      services.sendToEach(10);
      if (round % 2 == 0) {
        await().atMost(PATIENCE).until(() -> !passing.status().partitions().isEmpty());
      }
      passing.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    await().atMost(PATIENCE).until(() -> RecordingStream.running(first) == PARTITIONS);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 50);
    first.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(processed).hasSize(PARTITIONS * 50).doesNotHaveDuplicates();
  }

  @Test
  void oneWhoseGroupWideSettingsDifferFailsNamingTheKeyAndTheOtherRunsOn() {
    Consumer.DrainingControl<Done> first = consume(settings());
    await().atMost(PATIENCE).until(() -> RecordingStream.running(first) == PARTITIONS);

    Consumer.DrainingControl<Done> other =
        consume(settings().withHandoverTimeout(Duration.ofSeconds(4)));

    assertThatThrownBy(
            () ->
                other
                    .streamCompletion()
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("handover-timeout");
    services.sendToEach(10);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 10);
    assertThat(RecordingStream.running(first)).isEqualTo(PARTITIONS);
  }
}
