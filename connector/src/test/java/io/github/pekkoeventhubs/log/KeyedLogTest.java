// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class KeyedLogTest {

  private static final KeyedLog LOG = KeyedLog.of(KeyedLogTest.class);
  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "billing", "7");
  private static final Map<String, String> OF_PARTITION =
      Map.of(
          "eventhubs.namespace", "ns.servicebus.windows.net",
          "eventhubs.hub", "orders",
          "eventhubs.group", "billing",
          "eventhubs.partition", "7");

  private final Logger logger = (Logger) LoggerFactory.getLogger(KeyedLogTest.class);
  private final List<ILoggingEvent> lines = new ArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getMessage().contains("broken")) {
            throw new IllegalStateException("broken");
          }
          line.prepareForDeferredProcessing();
          lines.add(line);
        }

        @Override
        public synchronized void doAppend(ILoggingEvent line) {
          append(line);
        }
      };

  @BeforeEach
  void capture() {
    MDC.clear();
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.setAdditive(false);
    logger.setLevel(Level.DEBUG);
    logger.addAppender(appender);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(appender);
    logger.setAdditive(true);
    logger.setLevel(null);
    MDC.clear();
  }

  @Test
  void aLineOfEachLevelHasTheNamesOfWhatItIsAbout() {
    LOG.debug(LogKeys.of(PARTITION), "one {}", 1);
    LOG.info(LogKeys.of(PARTITION), "two {}", 2);
    LOG.warn(LogKeys.of(PARTITION), "three {}", 3);
    LOG.error(LogKeys.of(PARTITION), "four {}", 4, new IllegalStateException("why"));

    assertThat(lines)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("one 1", "two 2", "three 3", "four 4");
    assertThat(lines)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR);
    assertThat(lines)
        .allSatisfy(line -> assertThat(line.getMDCPropertyMap()).isEqualTo(OF_PARTITION));
    assertThat(lines.get(3).getThrowableProxy().getMessage()).isEqualTo("why");
  }

  @Test
  void theEpochIsItsFencingTokenAndWithoutOneItsNumberInTheProcess() {
    PartitionEpoch numbered = new ControllableEpoch("7", 12, Acknowledgement.ORDERED);

    assertThat(LogKeys.of(numbered).epoch()).isEqualTo("12");
    assertThat(LogKeys.of(fenced(OptionalLong.of(4711))).epoch()).isEqualTo("4711");
  }

  private static PartitionEpoch fenced(OptionalLong token) {
    return (PartitionEpoch)
        Proxy.newProxyInstance(
            PartitionEpoch.class.getClassLoader(),
            new Class<?>[] {PartitionEpoch.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "partition" -> PARTITION;
                  case "number" -> 12L;
                  case "fencingToken" -> token;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @Test
  void afterTheLineTheContextIsWhatItWas() {
    MDC.put("request", "r1");
    MDC.put(LogKeys.PARTITION, "the application's own");

    LOG.info(LogKeys.of(PARTITION), "line");

    assertThat(lines.get(0).getMDCPropertyMap())
        .containsAllEntriesOf(OF_PARTITION)
        .containsEntry("request", "r1");
    assertThat(MDC.getCopyOfContextMap())
        .isEqualTo(Map.of("request", "r1", LogKeys.PARTITION, "the application's own"));
  }

  @Test
  void aNameThatIsNotKnownHasNoKeyNotEvenTheApplications() {
    MDC.put(LogKeys.EPOCH, "99");

    LOG.info(LogKeys.ofGroup(null, "orders", ""), "line");

    assertThat(lines.get(0).getMDCPropertyMap()).isEqualTo(Map.of("eventhubs.hub", "orders"));
  }

  @Test
  void anAppenderThatFailsLeavesNothingBehind() {
    assertThatThrownBy(() -> LOG.info(LogKeys.of(PARTITION), "broken"))
        .isInstanceOf(IllegalStateException.class);

    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }

  @Test
  void aLevelThatIsOffDoesNotTouchTheContext() {
    logger.setLevel(Level.OFF);
    MDC.setContextMap(Map.of());

    LOG.error(LogKeys.of(PARTITION), "line");

    assertThat(lines).isEmpty();
    assertThat(LOG.isDebugEnabled()).isFalse();
  }
}
