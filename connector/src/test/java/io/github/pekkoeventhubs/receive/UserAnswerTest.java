// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionPositions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class UserAnswerTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "user-answers", "$Default", "0");
  private static final Duration NEVER = Duration.ofHours(1);

  private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
  private final Logger logger =
      (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.Consumer");
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getFormattedMessage().contains("/user-answers/")) {
            warnings.add(line.getLevel() + " " + line.getFormattedMessage());
          }
        }
      };

  @BeforeEach
  void capture() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void release() {
    logger.detachAppender(appender);
  }

  private static ManualPositions answering(
      CompletableFuture<Map<EventHubPartition, EventPosition>> answer) {
    return new ManualPositions(PartitionPositions.of(partitions -> answer));
  }

  @Test
  void aStageThatNeverCompletesFailsWithTheNameOfTheFunctionTheTimeAndTheCure() {
    CompletableFuture<Optional<EventPosition>> position =
        answering(new CompletableFuture<>())
            .of(PARTITION, new UserAnswer(NEVER, Duration.ofMillis(20)))
            .toCompletableFuture();

    assertThatThrownBy(() -> position.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(EventHubsException.class)
        .hasMessageStartingWith(
            "positionsOnAssign has given no positions for "
                + PARTITION
                + ": its stage has not completed within ownership.validity (20ms); complete it in"
                + " every case, with a failure if there is no position");
  }

  @Test
  void aStageThatTakesLongIsWarnedAboutAndStillCounts() throws Exception {
    CompletableFuture<Map<EventHubPartition, EventPosition>> answer = new CompletableFuture<>();
    CompletableFuture<Optional<EventPosition>> position =
        answering(answer)
            .of(PARTITION, new UserAnswer(Duration.ofMillis(20), NEVER))
            .toCompletableFuture();
    await().atMost(Duration.ofSeconds(20)).until(() -> !warnings.isEmpty());

    answer.complete(Map.of(PARTITION, EventPosition.earliest()));

    assertThat(position.get(20, TimeUnit.SECONDS)).contains(EventPosition.earliest());
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("WARN ")
        .contains("positionsOnAssign has not completed its stage for 20ms")
        .endsWith("After 1h the stream fails");
  }

  @Test
  void aPromptAnswerIsNotWarnedAbout() {
    CompletableFuture<Map<EventHubPartition, EventPosition>> answer = new CompletableFuture<>();
    CompletableFuture<Optional<EventPosition>> position =
        answering(answer)
            .of(PARTITION, new UserAnswer(Duration.ofSeconds(3), NEVER))
            .toCompletableFuture();

    answer.complete(Map.of());

    assertThat(position).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(Optional.empty());
    await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(20)).until(warnings::isEmpty);
  }
}
