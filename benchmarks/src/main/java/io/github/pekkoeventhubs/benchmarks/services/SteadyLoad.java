// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.services;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Offers events at a fixed rate, spread evenly over the partitions, whether or not anybody keeps
 * up.
 */
final class SteadyLoad {

  private static final long STEP_NANOS = 5_000_000;

  private final EventHubsEmulator eventHubs;
  private final String eventHub;
  private final int eventsPerSecond;
  private final EventData[] events;
  private final List<String> partitions;

  SteadyLoad(EventHubsEmulator eventHubs, String eventHub, int eventsPerSecond, byte[] body) {
    this.eventHubs = eventHubs;
    this.eventHub = eventHub;
    this.eventsPerSecond = eventsPerSecond;
    this.partitions = eventHubs.partitionIds(eventHub);
    this.events = new EventData[Math.max(1, eventsPerSecond / partitions.size())];
    Arrays.setAll(events, i -> new EventData(body));
  }

  /** Feeds for so long, on a thread of its own; what a late step has missed the next one adds. */
  void start(int seconds) {
    Thread thread = new Thread(() -> run(seconds), "event-feed");
    thread.setDaemon(true);
    thread.start();
  }

  private void run(int seconds) {
    long all = (long) eventsPerSecond * seconds / partitions.size();
    long begin = System.nanoTime();
    long fed = 0;
    while (fed < all) {
      LockSupport.parkNanos(STEP_NANOS);
      double elapsed = (System.nanoTime() - begin) / 1e9;
      long due = Math.min(all, (long) (elapsed * eventsPerSecond / partitions.size()));
      int step = (int) Math.min(due - fed, events.length);
      if (step > 0) {
        EventData[] batch = Arrays.copyOf(events, step);
        partitions.forEach(partition -> eventHubs.send(eventHub, partition, batch));
        fed += step;
      }
    }
  }
}
