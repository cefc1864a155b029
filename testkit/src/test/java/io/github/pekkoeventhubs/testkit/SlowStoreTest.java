// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** What a test of a user meets on a machine on which the store takes its time. */
class SlowStoreTest {

  @RegisterExtension
  static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 1);

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(BlobPartitionStore.class);
  private static final ListAppender<ILoggingEvent> LINES = new ListAppender<>();

  @BeforeAll
  static void listen() {
    LINES.start();
    LOGGER.addAppender(LINES);
  }

  @AfterAll
  static void listenNoMore() {
    LOGGER.detachAppender(LINES);
  }

  @Test
  void aTestWaitsLongerForAnAnswerThanAStreamDoes(TestEventHub orders, BlobFaults blobFaults) {
    BlobFault delayed = blobFaults.next(1).delay(Duration.ofSeconds(2));

    assertThat(orders.partition("0").checkpoint()).isEmpty();
    assertThat(delayed.hits()).isEqualTo(1);
  }

  @Test
  void theClientsOfATestWarnOfNothing(TestEventHub orders) {
    assertThat(orders.partition("0").checkpoint()).isEmpty();

    assertThat(LINES.list).isEmpty();
  }
}
