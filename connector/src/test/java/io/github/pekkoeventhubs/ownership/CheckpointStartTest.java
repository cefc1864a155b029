// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.AnotherEventHubException;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** A checkpoint at sequence number 99, beside answers of the service that differ. */
class CheckpointStartTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns", "orders", "billing", "0");

  private final StartDoubts doubts = new StartDoubts();
  private final CheckpointStart start =
      new CheckpointStart(stream(), "0", writer(), true, doubts, Optional.empty());

  private static StreamOfGroup stream() {
    ConsumerSettings settings =
        ConsumerSettings.create(
            ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH));
    return (StreamOfGroup)
        Proxy.newProxyInstance(
            CheckpointStartTest.class.getClassLoader(),
            new Class<?>[] {StreamOfGroup.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "settings" -> settings;
                  case "partition" -> PARTITION;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static CheckpointWriter writer() {
    StoredCheckpoint stored = new StoredCheckpoint(StoredCheckpoint.entriesOf(99, "o99"), "1");
    return (CheckpointWriter)
        Proxy.newProxyInstance(
            CheckpointStartTest.class.getClassLoader(),
            new Class<?>[] {CheckpointWriter.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("stored")) {
                return Optional.of(stored);
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private StartingPoint find(CompletableFuture<PartitionProperties> answer) {
    return start.find(answer).toCompletableFuture().join();
  }

  private Throwable failure(long last) throws ReflectiveOperationException {
    CompletableFuture<PartitionProperties> answer =
        CompletableFuture.completedFuture(ServiceAnswers.endingAt(last, "o" + last));
    Throwable wrapped = Assertions.catchThrowable(() -> find(answer));
    assertThat(wrapped).isInstanceOf(CompletionException.class);
    return Objects.requireNonNull(wrapped.getCause());
  }

  @Test
  void aServiceThatDoesNotAnswerIsNoReasonToDoubtTheCheckpoint() {
    StartingPoint found =
        find(CompletableFuture.failedFuture(new ServiceUnavailableException("busy", null)));

    assertThat(found.acknowledged().sequenceNumber()).isEqualTo(99);
    assertThat(found.missed()).isEmpty();
  }

  @Test
  void aServiceThatIsSilentIsNotWaitedForLong() {
    assertThat(
            start
                .find(new CompletableFuture<>())
                .toCompletableFuture()
                .orTimeout(CheckpointStart.PATIENCE.toSeconds() + 20, TimeUnit.SECONDS)
                .join()
                .acknowledged()
                .sequenceNumber())
        .isEqualTo(99);
  }

  @Test
  void anEndBelowTheCheckpointIsBelievedAtTheFifthAnswer() throws Exception {
    for (int answer = 1; answer < 5; answer++) {
      assertThat(failure(59))
          .isInstanceOf(ServiceUnavailableException.class)
          .hasMessageContaining(PARTITION.toString())
          .hasMessageContaining("99")
          .hasMessageContaining("59");
    }

    assertThat(failure(59)).isInstanceOf(AnotherEventHubException.class);
  }

  @Test
  void anAnswerInBetweenEndsTheDoubts() throws Exception {
    for (int answer = 1; answer < 5; answer++) {
      failure(98);
    }
    assertThat(
            find(CompletableFuture.completedFuture(ServiceAnswers.endingAt(99, "o99")))
                .startAfter())
        .isNotNull();

    assertThat(failure(98)).isInstanceOf(ServiceUnavailableException.class);
  }
}
