// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.EventHubsException;
import org.apache.pekko.stream.SubscriptionWithCancelException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** One line for each failure, by the operator in which it arose. */
class StreamFailureLogTest {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger(StreamFailureLogTest.class);
  private static final KeyedLog KEYED = KeyedLog.of(StreamFailureLogTest.class);
  private static final LogKeys KEYS = LogKeys.ofGroup("ns", "orders", "billing");

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void capture() {
    lines.setContext(LOG.getLoggerContext());
    lines.start();
    LOG.setAdditive(false);
    LOG.addAppender(lines);
  }

  @AfterEach
  void stop() {
    LOG.detachAppender(lines);
    LOG.setAdditive(true);
  }

  @Test
  void aFailureOfOursIsItsSentenceAndItsPageWithoutAStackTrace() {
    StreamFailureLog.failed(
        KEYED,
        KEYS,
        "committer-1",
        "ns/orders/billing/7",
        new CheckpointWriteException("the store is full"));

    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.ERROR);
    assertThat(lines.list.get(0).getFormattedMessage())
        .startsWith(
            "[committer-1] ns/orders/billing/7: the stream has failed: the store is full. See ")
        .endsWith("docs/troubleshooting.md#checkpointwriteexception");
    assertThat(lines.list.get(0).getThrowableProxy()).isNull();
  }

  @Test
  void anUnknownFailureHasItsStackTrace() {
    StreamFailureLog.failed(
        KEYED, KEYS, "producer", "event hub 'x'", new IllegalStateException("a bug"));

    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.get(0).getThrowableProxy()).isNotNull();
  }

  @Test
  void theFailureOfAFunctionInOneOfOursHasItsStackTrace() {
    StreamFailureLog.failed(
        KEYED,
        KEYS,
        "c",
        "s",
        new EventHubsException("the function failed", new RuntimeException("bug")));

    assertThat(lines.list.get(0).getThrowableProxy()).isNotNull();
  }

  @Test
  void aFailureThatReachesASourceAsACancellationIsNotSaidAgain() {
    CheckpointWriteException failure = new CheckpointWriteException("refused");
    StreamFailureLog.failed(KEYED, KEYS, "committer-1", "ns/orders/billing/7", failure);

    StreamFailureLog.cancelled(KEYED, KEYS, "consumer-1", "ns/orders/billing", failure);
    StreamFailureLog.failed(KEYED, KEYS, "consumer-2", "ns/orders/billing", failure);

    assertThat(lines.list).hasSize(1);
  }

  @Test
  void anotherFailureWithTheSameWordsIsSaid() {
    StreamFailureLog.failed(
        KEYED, KEYS, "committer-1", "s", new CheckpointWriteException("refused"));
    StreamFailureLog.failed(
        KEYED, KEYS, "committer-1", "s", new CheckpointWriteException("refused"));

    assertThat(lines.list).hasSize(2);
  }

  @Test
  void aCancellationByAFailureOfAnotherOperatorIsSaidWithItsCause() {
    StreamFailureLog.cancelled(
        KEYED, KEYS, "consumer-1", "ns/orders/billing", new ArithmeticException("/"));

    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.get(0).getFormattedMessage())
        .isEqualTo(
            "[consumer-1] ns/orders/billing: the stream was cancelled, since another operator has"
                + " failed: ArithmeticException: /");
    assertThat(lines.list.get(0).getThrowableProxy()).isNotNull();
  }

  @Test
  void anOrderlyCancellationIsNoFailure() {
    StreamFailureLog.cancelled(
        KEYED,
        KEYS,
        "consumer-1",
        "s",
        SubscriptionWithCancelException.NoMoreElementsNeeded$.MODULE$);
    StreamFailureLog.cancelled(
        KEYED, KEYS, "consumer-1", "s", SubscriptionWithCancelException.StageWasCompleted$.MODULE$);

    assertThat(lines.list).isEmpty();
  }
}
