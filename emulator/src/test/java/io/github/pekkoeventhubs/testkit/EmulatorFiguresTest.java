// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventDataBatch;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.CreateBatchOptions;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Measures the costs of the emulators, and prints them as figures, since machines differ. */
class EmulatorFiguresTest {

  private static final int EVENTS = 50_000;
  private static final int BODY_BYTES = 100;

  @Test
  void eventsPerSecondThroughTheOfficialClient() {
    try (EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 1).start();
        JavaClients clients = new JavaClients(emulator)) {
      EventHubProducerClient producer = clients.producer();
      send(producer, 1_000);
      long start = System.nanoTime();
      send(producer, EVENTS);
      figure("emulator-sent-events-per-second", perSecond(EVENTS, System.nanoTime() - start));

      start = System.nanoTime();
      long received =
          clients
              .consumer()
              .receiveFromPartition("0", EventPosition.earliest())
              .take(EVENTS + 1_000)
              .count()
              .blockOptional(Duration.ofMinutes(1))
              .orElseThrow();
      figure("emulator-received-events-per-second", perSecond(EVENTS, System.nanoTime() - start));

      assertThat(received).isEqualTo(EVENTS + 1_000);
    }
  }

  @Test
  void memoryPerStoredEvent() {
    byte[] body = new byte[BODY_BYTES];
    EventData[] events = new EventData[1_000];
    Arrays.setAll(events, i -> new EventData(body));
    try (EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 1).start()) {
      emulator.send(HUB, "0", events);
      long before = usedHeap();
      int sends = 100;
      for (int i = 0; i < sends; i++) {
        emulator.send(HUB, "0", events);
      }
      long perEvent = (usedHeap() - before) / ((long) sends * events.length);

      figure("emulator-bytes-per-event-of-" + BODY_BYTES + "-bytes", perEvent);
      assertThat(perEvent).isBetween((long) BODY_BYTES, 1_000L);
    }
  }

  @Test
  void startUpTime() {
    long[] nanos = new long[21];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      try (EventHubsEmulator eventHubs = EventHubsEmulator.builder().eventHub(HUB, 4).start();
          BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start()) {
        nanos[i] = System.nanoTime() - start;
        assertThat(eventHubs.port()).isNotEqualTo(blobs.port());
      }
    }
    long median = LongStream.of(nanos).sorted().toArray()[nanos.length / 2];
    figure("emulators-start-microseconds", Duration.ofNanos(median).toNanos() / 1_000);
  }

  private static void send(EventHubProducerClient producer, int count) {
    byte[] body = new byte[BODY_BYTES];
    CreateBatchOptions toFirst = new CreateBatchOptions().setPartitionId("0");
    EventDataBatch batch = producer.createBatch(toFirst);
    for (int i = 0; i < count; i++) {
      if (!batch.tryAdd(new EventData(body))) {
        producer.send(batch);
        batch = producer.createBatch(toFirst);
        batch.tryAdd(new EventData(body));
      }
    }
    producer.send(batch);
  }

  private static long perSecond(int count, long nanos) {
    return count * 1_000_000_000L / nanos;
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static void figure(String name, long value) {
    System.out.println("figure " + name + " " + value);
  }
}
