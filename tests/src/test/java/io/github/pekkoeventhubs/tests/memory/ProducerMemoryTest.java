// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a producer holds while the service does not answer: small events, whose objects take several
 * times as much memory as they have bytes. The heap of its process is measured, and compared with
 * what the producer counts.
 */
class ProducerMemoryTest {

  private static final int PARTITIONS = 8;
  private static final long MAX_BUFFERED_BYTES = 24L << 20;

  /** Where a machine is so busy that no event of the batches is encoded yet, 53 were measured. */
  private static final int LEAST_PERCENT = 45;

  /**
   * The batches in flight hold their events encoded, too. Their sizes depend on how fast events
   * came: 98 to 119 percent were measured.
   */
  private static final int MOST_PERCENT = 130;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  @Timeout(value = 180, unit = TimeUnit.SECONDS)
  void aProducerHoldsAsMuchMemoryAsItsBoundSays(StoppedProducer.Kind kind) throws Exception {
    Path errors = folder.resolve("errors.log");
    try (EventHubsEmulator hubs =
            EventHubsEmulator.builder().eventHub(EmbeddedServices.EVENT_HUB, PARTITIONS).start();
        JavaProcess producer = start(hubs, kind, errors)) {
      assertThat(number(producer, StoppedProducer.READY, errors)).isPositive();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> stored(hubs) == StoppedProducer.FIRST_EVENTS);
      producer.tell("measure");
      assertThat(number(producer, StoppedProducer.READY, errors)).isPositive();
      // The connection stays alive meanwhile.
      hubs.faults().delayNextSends(Integer.MAX_VALUE, Duration.ofHours(1));
      producer.tell("go on");

      long held = number(producer, StoppedProducer.HOLDS, errors);
      long events = number(producer, StoppedProducer.EVENTS, errors);

      assertThat(held)
          .as("bytes of heap for %d events, %d for each", events, held / events)
          .isBetween(
              MAX_BUFFERED_BYTES * LEAST_PERCENT / 100, MAX_BUFFERED_BYTES * MOST_PERCENT / 100);
    }
  }

  private static long stored(EventHubsEmulator hubs) {
    return hubs.partitionIds(EmbeddedServices.EVENT_HUB).stream()
        .mapToLong(id -> hubs.partition(EmbeddedServices.EVENT_HUB, id).lastSequenceNumber() + 1)
        .sum();
  }

  private static JavaProcess start(EventHubsEmulator hubs, StoppedProducer.Kind kind, Path errors) {
    return JavaProcess.of(StoppedProducer.class)
        .withOptions(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dlogback.configurationFile=consumer-node-logback.xml")
        .withArguments(hubs.connectionString(), Long.toString(MAX_BUFFERED_BYTES), kind.name())
        .withErrorsTo(errors)
        .start("stopped-producer");
  }

  private static long number(JavaProcess producer, String what, Path errors) throws IOException {
    String line = producer.nextReport();
    assertThat(line)
        .as("what the producer says, with this in its log:%n%s", Files.readString(errors))
        .startsWith(what + " ");
    return Long.parseLong(Objects.requireNonNull(line).substring(what.length() + 1));
  }
}
