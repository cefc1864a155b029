// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.continuity.MissedEvents;
import io.github.pekkoeventhubs.life.Loss;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The words of lines that {@code docs/troubleshooting.md} explains. */
class OwnerLogLinesTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "lines", "$Default", "7");

  private final Logger logger =
      (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.PartitionOwner");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void capture() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
  }

  private String lastLine() {
    return lines.list.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains("/lines/"))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  @Test
  void aFailureWithoutAMessageIsNamedByItsClass() {
    OwnerLog log = OwnerLog.of(PARTITION);
    List<Consumer<Throwable>> reports =
        List.of(
            error -> log.trouble("the link failed", error),
            log::skipsNotStored,
            log::pollFailed,
            log::flushFailed,
            error -> log.releaseFailed(error, true),
            error -> log.startIsNotCompared(Duration.ofSeconds(1), error),
            error -> log.checkpointsFail(Duration.ofSeconds(1), Duration.ofSeconds(1), error));

    for (Consumer<Throwable> report : reports) {
      report.accept(new IllegalStateException());
      assertThat(lastLine()).contains("IllegalStateException").doesNotContain("null");
    }
  }

  @Test
  void aForeignOwnerThatStays() {
    OwnerLog.of(PARTITION)
        .stillWaitsFor(
            new StoredOwnership(
                PARTITION, "other", Map.of(), "1", Instant.EPOCH, Instant.EPOCH.plusSeconds(2)),
            Duration.ofSeconds(130));
    assertThat(lastLine()).contains("for 'other', which still renews its claim", "another cluster");
  }

  @Test
  void aSourceThatIsNotRun() {
    OwnerLog.of(PARTITION).notRun(Duration.ofSeconds(30));
    assertThat(lastLine())
        .contains("and its source has not been run: nobody reads the partition, here or elsewhere");
  }

  @Test
  void aReceiverWithoutAClaim() {
    OwnerLog.of(PARTITION).foreignReader(true, 3);
    assertThat(lastLine())
        .contains("another receiver took the link 3 times in a row although the claim stands");
  }

  @Test
  void aProcessThatStoodStill() {
    OwnerLog.of(PARTITION).paused();
    assertThat(lastLine()).contains("was paused: looking at the claim before anything is emitted");
  }

  @Test
  void aClaimThatExpired() {
    OwnerLog.of(PARTITION).lost(Loss.EXPIRED.text());
    assertThat(lastLine()).contains("lost: the claim could not be renewed in time");
  }

  @Test
  void anEventThatIsLeftOut() {
    OwnerLog.of(PARTITION).undecodableSkipped(7);
    assertThat(lastLine()).contains("is left out: the SDK cannot decode it");
  }

  @Test
  void aStreamThatIsToFail() {
    OwnerLog.of(PARTITION)
        .failsAfter(1, Duration.ofSeconds(8), new IllegalStateException("no symbol"));
    assertThat(lastLine())
        .contains(
            "the stream is to fail. It finishes 1 event first, which arrived before",
            "unless it finishes none for 8s (handover-timeout)",
            "no symbol");
  }

  @Test
  void receiversThatEndWithoutAReason() {
    OwnerLog.of(PARTITION).nothingIsDelivered(8, 9, 3);
    assertThat(lastLine())
        .contains(
            "3 receivers in a row have ended without an event and without a reason",
            "after sequence number 7, up to sequence number 9",
            "'eventhubs reset lines --group \\$Default --to 8 --partition 7'");
  }

  @Test
  void eventsThatAreGone() {
    OwnerLog.of(PARTITION).eventsMissed(MissedEvents.Hole.between(3, 5));
    assertThat(lastLine())
        .contains(
            "3 events missed, with sequence numbers from 3 to 5: the partition no longer has them");
  }

  @Test
  void aClaimThatCouldNotBeReleased() {
    OwnerLog.of(PARTITION).releaseFailed(new IllegalStateException("no answer"), false);
    assertThat(lastLine())
        .endsWith(
            "the claim could not be released, and others may wait until it expires:"
                + " IllegalStateException: no answer");
    OwnerLog.of(PARTITION).releaseFailed(new IllegalStateException("no answer"), true);
    assertThat(lastLine()).endsWith("no answer; trying again until then");
  }

  @Test
  void aClaimThatIsReleasedAtLast() {
    Level before = logger.getLevel();
    logger.setLevel(Level.INFO);
    OwnerLog.of(PARTITION).releasedAfter(3);
    logger.setLevel(before);
    assertThat(lastLine()).contains("the claim is released, after 3 refused attempt(s)");
  }
}
