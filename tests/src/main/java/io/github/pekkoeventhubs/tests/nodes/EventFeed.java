// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Produces events to all partitions in the background, evenly, up to a bound that can be raised.
 */
public final class EventFeed implements AutoCloseable {

  private final EmbeddedServices services;
  private final int eventsPerTick;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "event-feed"));
  private volatile long bound;
  private final AtomicLong produced = new AtomicLong();

  /** Starts to produce so many events per partition and tick, once there is a bound. */
  public EventFeed(EmbeddedServices services, int eventsPerTick, Duration tick) {
    this.services = services;
    this.eventsPerTick = eventsPerTick;
    thread.scheduleWithFixedDelay(this::produce, 0, tick.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void produce() {
    int events = (int) Math.min(eventsPerTick, bound - produced.get());
    if (events > 0) {
      services.sendToEach(events);
      produced.addAndGet(events);
    }
  }

  /** Goes on until each partition has so many events. */
  public void upTo(long eventsPerPartition) {
    bound = eventsPerPartition;
  }

  /** Ends at what has been produced, or is being produced now. */
  public void stop() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the feed does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The number of events that each partition has, at least. */
  public long producedPerPartition() {
    return produced.get();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
