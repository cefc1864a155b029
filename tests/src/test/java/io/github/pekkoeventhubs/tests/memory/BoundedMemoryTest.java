// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
      Process consumer = start(hubs, kind, errors);
      try (BufferedReader lines = consumer.inputReader(StandardCharsets.UTF_8)) {
        assertThat(number(lines, StoppedConsumer.HOLDS, errors))
            .isLessThan(PARTITIONS * MAX_BUFFERED_BYTES + OVERHEAD);

        goOn(consumer);
        assertThat(number(lines, StoppedConsumer.CONSUMED, errors))
            .isEqualTo(PARTITIONS * EVENTS_PER_PARTITION);
      } finally {
        consumer.destroyForcibly();
        consumer.onExit().join();
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

  private static Process start(EventHubsEmulator hubs, StoppedConsumer.Kind kind, Path errors)
      throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dlogback.configurationFile=consumer-node-logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                StoppedConsumer.class.getName(),
                hubs.connectionString(),
                Integer.toString(PARTITIONS),
                Integer.toString(PARTITIONS * EVENTS_PER_PARTITION),
                Long.toString(MAX_BUFFERED_BYTES),
                kind.name()))
        .redirectError(errors.toFile())
        .start();
  }

  private static void goOn(Process consumer) throws IOException {
    OutputStream input = consumer.getOutputStream();
    input.write('\n');
    input.flush();
  }

  private static long number(BufferedReader lines, String what, Path errors) throws IOException {
    String line = lines.readLine();
    assertThat(line)
        .as("what the consumer says, with this in its log:%n%s", Files.readString(errors))
        .startsWith(what + " ");
    return Long.parseLong(line.substring(what.length() + 1));
  }
}
