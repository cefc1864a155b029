// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The largest events on many partitions and a consumer that has stopped: its process gets a heap in
 * which all of them would not fit by far, and not even the half of what the SDK would hold by
 * itself.
 */
class BoundedMemoryTest {

  private static final int PARTITIONS = 32;
  private static final int EVENTS_PER_PARTITION = 10;
  private static final int EVENT_BYTES = 1_000_000;
  private static final long MAX_BUFFERED_BYTES = 2 << 20;

  /** The program itself, its classes, and an event per connection on its way. */
  private static final long OVERHEAD = 48L << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void aStoppedConsumerHoldsNoMoreThanItsBoundAndGoesOnLosingNothing(StoppedConsumer.Kind kind)
      throws Exception {
    Path errors = folder.resolve("errors.log");
    try (EventHubsEmulator hubs =
        EventHubsEmulator.builder()
            .eventHub(EmbeddedServices.EVENT_HUB, PARTITIONS)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .start()) {
      fill(hubs);
      try (JavaProcess consumer = start(hubs, kind, errors)) {
        assertThat(number(consumer, StoppedConsumer.HOLDS, errors))
            .isLessThan(PARTITIONS * MAX_BUFFERED_BYTES + OVERHEAD);

        consumer.tell("go on");
        assertThat(number(consumer, StoppedConsumer.CONSUMED, errors))
            .isEqualTo(PARTITIONS * EVENTS_PER_PARTITION);
      }
    }
  }

  private static void fill(EventHubsEmulator hubs) {
    EventData event = new EventData(new byte[EVENT_BYTES]);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (int i = 0; i < EVENTS_PER_PARTITION; i++) {
        hubs.send(EmbeddedServices.EVENT_HUB, Integer.toString(partition), event);
      }
    }
  }

  private static JavaProcess start(EventHubsEmulator hubs, StoppedConsumer.Kind kind, Path errors) {
    return JavaProcess.of(StoppedConsumer.class)
        .withOptions(
            "-Xmx160m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dlogback.configurationFile=consumer-node-logback.xml")
        .withArguments(
            hubs.connectionString(),
            Integer.toString(PARTITIONS),
            Integer.toString(PARTITIONS * EVENTS_PER_PARTITION),
            Long.toString(MAX_BUFFERED_BYTES),
            kind.name())
        .withErrorsTo(errors)
        .start("stopped-consumer");
  }

  private static long number(JavaProcess consumer, String what, Path errors) throws IOException {
    String line = consumer.nextReport();
    assertThat(line)
        .as("what the consumer says, with this in its log:%n%s", Files.readString(errors))
        .startsWith(what + " ");
    return Long.parseLong(Objects.requireNonNull(line).substring(what.length() + 1));
  }
}
