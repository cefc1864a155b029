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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The largest events on many partitions and a consumer that has stopped, or small events and then
 * large ones and a consumer that is slow: its process gets a heap in which all of them would not
 * fit by far, and not even the half of what the SDK would hold by itself.
 */
class BoundedMemoryTest {

  private static final int PARTITIONS = 32;
  private static final int EVENTS_PER_PARTITION = 10;
  private static final int EVENT_BYTES = 1_000_000;
  private static final long MAX_BUFFERED_BYTES = 2 << 20;

  /** The program itself, its classes, and an event per connection on its way. */
  private static final long OVERHEAD = 48L << 20;

  private static final long DEFAULT_BYTES = 8 << 20;

  /** A consumer's process, and what it reads. */
  private record Run(
      EventHubsEmulator hubs,
      int partitions,
      StoppedConsumer.Kind kind,
      long maxBufferedBytes,
      String heap) {}

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SLOW")
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void aStoppedConsumerHoldsNoMoreThanItsBoundAndGoesOnLosingNothing(StoppedConsumer.Kind kind)
      throws Exception {
    try (EventHubsEmulator hubs =
        EventHubsEmulator.builder()
            .eventHub(EmbeddedServices.EVENT_HUB, PARTITIONS)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .start()) {
      fill(hubs, PARTITIONS, EVENTS_PER_PARTITION, EVENT_BYTES);
      assertHoldsLittleAndConsumes(
          PARTITIONS * EVENTS_PER_PARTITION,
          new Run(hubs, PARTITIONS, kind, MAX_BUFFERED_BYTES, "-Xmx160m"));
    }
  }

  /** The second number is of more events than may wait before the stream and in the SDK. */
  @ParameterizedTest
  @ValueSource(ints = {200, 7_000})
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void aSlowConsumerHoldsNoMoreThanItsBoundWhenEventsTurnLarge(int smallEvents) throws Exception {
    int partitions = 2;
    int largeEvents = 500;
    try (EventHubsEmulator hubs =
        EventHubsEmulator.builder()
            .eventHub(EmbeddedServices.EVENT_HUB, partitions)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .start()) {
      fill(hubs, partitions, smallEvents, 1);
      fill(hubs, partitions, largeEvents, 300_000);
      assertHoldsLittleAndConsumes(
          partitions * (smallEvents + largeEvents),
          new Run(hubs, partitions, StoppedConsumer.Kind.SLOW, DEFAULT_BYTES, "-Xmx200m"));
    }
  }

  private void assertHoldsLittleAndConsumes(int events, Run run) throws IOException {
    Path errors = folder.resolve("errors.log");
    try (JavaProcess consumer = start(run, events, errors)) {
      assertThat(number(consumer, StoppedConsumer.HOLDS, errors))
          .isLessThan(run.partitions() * run.maxBufferedBytes() + OVERHEAD);

      consumer.tell("go on");
      assertThat(number(consumer, StoppedConsumer.CONSUMED, errors)).isEqualTo(events);
    }
  }

  private static void fill(EventHubsEmulator hubs, int partitions, int events, int bytes) {
    EventData event = new EventData(new byte[bytes]);
    for (int partition = 0; partition < partitions; partition++) {
      for (int i = 0; i < events; i++) {
        hubs.send(EmbeddedServices.EVENT_HUB, Integer.toString(partition), event);
      }
    }
  }

  private static JavaProcess start(Run run, int events, Path errors) {
    return JavaProcess.of(StoppedConsumer.class)
        .withOptions(
            run.heap(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dlogback.configurationFile=consumer-node-logback.xml")
        .withArguments(
            run.hubs().connectionString(),
            Integer.toString(run.partitions()),
            Integer.toString(events),
            Long.toString(run.maxBufferedBytes()),
            run.kind().name())
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
