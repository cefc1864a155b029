// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.steady;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import com.azure.messaging.eventhubs.models.SendOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A producer in a process of its own. It sends at a fixed rate, in batches of ten, one partition
 * after the other, whether or not anybody keeps up. Each event begins with the time at which its
 * batch was made. A number on its input is a new rate in events per second.
 */
final class SteadyProducerMain {

  static final int BODY_BYTES = 200;
  private static final int BATCH = 10;
  private static final long LONGEST_PAUSE_NANOS = 1_000_000;

  private final EventHubProducerAsyncClient client;
  private final List<SendOptions> partitions = new ArrayList<>();
  private volatile int eventsPerSecond;

  private SteadyProducerMain(String eventHubs, String eventHub, int partitionCount) {
    client =
        new EventHubClientBuilder()
            .connectionString(eventHubs, eventHub)
            .buildAsyncProducerClient();
    for (int i = 0; i < partitionCount; i++) {
      partitions.add(new SendOptions().setPartitionId(Integer.toString(i)));
    }
  }

  /** Arguments: the connection string, the event hub, its number of partitions. */
  public static void main(String[] arguments) throws IOException {
    SteadyProducerMain producer =
        new SteadyProducerMain(arguments[0], arguments[1], Integer.parseInt(arguments[2]));
    Thread thread = new Thread(producer::send, "steady-producer");
    thread.setDaemon(true);
    thread.start();
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        producer.eventsPerSecond = Integer.parseInt(line);
      }
    }
    Runtime.getRuntime().halt(0);
  }

  private void send() {
    long due = System.nanoTime();
    int next = 0;
    while (true) {
      int rate = eventsPerSecond;
      long now = System.nanoTime();
      if (rate == 0 || now < due) {
        LockSupport.parkNanos(
            rate == 0 ? LONGEST_PAUSE_NANOS : Math.min(due - now, LONGEST_PAUSE_NANOS));
        due = rate == 0 ? System.nanoTime() : due;
        continue;
      }
      due += 1_000_000_000L * BATCH / rate;
      client.send(batch(), partitions.get(next)).subscribe();
      next = (next + 1) % partitions.size();
    }
  }

  private static List<EventData> batch() {
    List<EventData> events = new ArrayList<>(BATCH);
    long now = System.nanoTime();
    for (int i = 0; i < BATCH; i++) {
      events.add(new EventData(ByteBuffer.allocate(BODY_BYTES).putLong(0, now).array()));
    }
    return events;
  }
}
