// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AwaitedOwnerTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "awaited-owners", "$Default", "0");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final Logger logger =
      (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.PartitionOwner");
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getFormattedMessage().contains("/awaited-owners/")) {
            lines.add(line.getLevel() + " " + line.getFormattedMessage());
          }
        }
      };
  private final AwaitedOwner awaited = new AwaitedOwner(PARTITION, Duration.ofMinutes(2));

  @BeforeEach
  void capture() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(appender);
  }

  @AfterEach
  void release() {
    logger.detachAppender(appender);
    logger.setLevel(null);
  }

  private void seen(String ownerId, int seconds) {
    awaited.seen(
        new StoredOwnership(
            PARTITION, ownerId, Map.of(), "etag", NOW.minus(Duration.ofSeconds(30)), NOW),
        Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void theWaitIsSaidOnceWithTheOwnerAndTheAgeOfItsClaim() {
    seen("billing@10.0.0.9:7355#9", 0);
    seen("billing@10.0.0.9:7355#9", 5);
    seen("billing@10.0.0.9:7355#9", 120);

    assertThat(lines)
        .containsExactly(
            "INFO ["
                + PARTITION
                + "] waiting for 'billing@10.0.0.9:7355#9', which has claimed the partition and"
                + " renewed that 30.0 s ago");
  }

  @Test
  void aWaitThatIsLongerThanTheExpiryIsWarnedAboutOnce() {
    seen("billing@10.0.0.9:7355#9", 0);
    seen("billing@10.0.0.9:7355#9", 121);
    seen("billing@10.0.0.9:7355#9", 500);

    assertThat(lines)
        .hasSize(2)
        .last()
        .asString()
        .startsWith("WARN")
        .contains("has waited for 121.0 s for 'billing@10.0.0.9:7355#9'", "Stop it, or give");
  }

  @Test
  void anotherOwnerBeginsAnotherWait() {
    seen("a", 0);
    seen("b", 200);

    assertThat(lines).hasSize(2).allSatisfy(line -> assertThat(line).startsWith("INFO"));
  }
}
