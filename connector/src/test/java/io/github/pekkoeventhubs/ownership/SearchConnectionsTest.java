// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.ownership.PartitionRun.OwnConnection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The connections over which an event is searched for, and what the log says of a search. */
class SearchConnectionsTest extends StuckReceiversFixture {

  /** What the owners say of receivers that show nothing. */
  private static final class CapturedLines implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    CapturedLines() {
      appender.start();
      logger.addAppender(appender);
    }

    List<String> texts() {
      return appender.list.stream()
          .map(ILoggingEvent::getFormattedMessage)
          .filter(line -> line.contains("receivers in a row"))
          .toList();
    }

    @Override
    public void close() {
      logger.detachAppender(appender);
    }
  }

  @Test
  void noEventIsSearchedForOverACommonConnection() {
    run.hasOwnConnections = false;
    for (int receiver = 0; receiver < 10; receiver++) {
      assertThat(endsAfterTheEventBefore()).isTrue();
      assertThat(receivers.hasReachedNext()).isTrue();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void aReceiverWithItsOwnConnectionIsReplacedOnceEventsCome() {
    endsWithoutAnEvent();
    receivers.check(true);
    assertThat(run.replaced).isZero();

    run.received = LAST + 1;
    receivers.check(false);
    assertThat(run.replaced).isZero();
    receivers.check(true);
    assertThat(run.replaced).isEqualTo(1);

    assertThat(receivers.attaching()).isTrue();
    receivers.check(true);
    assertThat(run.replaced).isEqualTo(1);
    assertThat(run.ownConnections).isEqualTo(1);
  }

  @Test
  void aConnectionIsGivenBackWhenTheEventThatWasLeftOutIsTheLastOne()
      throws ReflectiveOperationException {
    receivers = receivers(OnUndecodableEvents.SKIP);
    receivers.attaching();
    receivers.answered(ServiceAnswers.endingAt(10, "10"), false);
    endsWithoutAnEvent();
    for (int receiver = 0; receiver < 4; receiver++) {
      receivers.check(true);
      assertThat(run.replaced).isZero();
      endsAfterTheEventBefore();
    }
    assertThat(continuity.last()).isEqualTo(10);

    receivers.check(true);
    assertThat(run.replaced).isEqualTo(1);
    assertThat(receivers.attaching()).isTrue();
    assertThat(run.wishes).last().isEqualTo(OwnConnection.NOT_WANTED);
    receivers.check(true);
    assertThat(run.replaced).isEqualTo(1);
  }

  @Test
  void manyReceiversThatShowNothingLeaveTheConnectionToOthersThatWait() {
    for (int receiver = 0; receiver < 5; receiver++) {
      endsWithoutAnEvent();
      assertThat(run.wishes).last().isEqualTo(OwnConnection.WANTED);
    }
    endsWithoutAnEvent();
    assertThat(run.wishes).last().isEqualTo(OwnConnection.UNLESS_OTHERS_WAIT);

    endsAfterTheEventBefore();
    endsAfterTheEventBefore();
    assertThat(run.wishes).last().isEqualTo(OwnConnection.WANTED);
  }

  @Test
  void theLogNamesTheFirstEventThatThePartitionHas() throws ReflectiveOperationException {
    try (CapturedLines lines = new CapturedLines()) {
      receivers.answered(ServiceAnswers.from(13, 20, "20"), false);
      for (int receiver = 0; receiver < 3; receiver++) {
        endsWithoutAnEvent();
      }
      assertThat(lines.texts())
          .singleElement()
          .asString()
          .contains("after sequence number 12, up to sequence number 20", "--to 13 --partition 0");
    }
  }

  @Test
  void theLogSaysWhenNothingComesAfterAnOffsetAlone() throws ReflectiveOperationException {
    receivers = receivers(OnUndecodableEvents.SKIP, Continuity.after(SequenceNumbers.UNKNOWN, "5"));
    begin();
    try (CapturedLines lines = new CapturedLines()) {
      for (int receiver = 0; receiver < 3; receiver++) {
        endsWithoutAnEvent();
      }
      assertThat(lines.texts()).singleElement().asString().contains("after the offset");

      receivers.answered(ServiceAnswers.endingAt(20, "5"), false);
      for (int receiver = 0; receiver < 6; receiver++) {
        endsWithoutAnEvent();
      }
      assertThat(lines.texts()).as("the partition ends there").hasSize(1);
    }
    assertThat(run.ownConnections).isZero();
  }
}
