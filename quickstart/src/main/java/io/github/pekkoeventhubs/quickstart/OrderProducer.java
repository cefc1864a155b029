// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import com.azure.messaging.eventhubs.EventDataBatch;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.CreateBatchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sends numbered events to all partitions in turn, at a steady pace, on a thread of its own. */
final class OrderProducer implements AutoCloseable {

  private static final Duration TICK = Duration.ofMillis(100);

  private final EventHubProducerClient client;
  private final List<String> partitions;
  private final Ledger ledger;
  private final int events;
  private final int perTick;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "producer"));
  private int next;
  private volatile boolean finished;
  private volatile Optional<RuntimeException> failure = Optional.empty();

  OrderProducer(
      EventHubProducerClient client,
      List<String> partitions,
      Ledger ledger,
      int events,
      Duration duration) {
    this.client = client;
    this.partitions = partitions;
    this.ledger = ledger;
    this.events = events;
    this.perTick =
        Math.max(1, (int) Math.ceil((double) events * TICK.toMillis() / duration.toMillis()));
  }

  void start() {
    thread.scheduleAtFixedRate(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether no more events will come. */
  boolean isFinished() {
    return finished;
  }

  /** Returns the failure that has ended the producer early, if there was one. */
  Optional<RuntimeException> failure() {
    return failure;
  }

  private void tick() {
    if (finished) {
      return;
    }
    try {
      sendAll(Math.min(perTick, events - next));
      finished = next == events;
    } catch (RuntimeException e) {
      failure = Optional.of(e);
      finished = true;
    }
  }

  /** The event with number n goes to partition n modulo the number of partitions. */
  private void sendAll(int count) {
    List<EventDataBatch> batches = new ArrayList<>();
    for (String partition : partitions) {
      batches.add(client.createBatch(new CreateBatchOptions().setPartitionId(partition)));
    }
    for (int number = next; number < next + count; number++) {
      if (!batches.get(number % partitions.size()).tryAdd(Order.event(ledger.run(), number))) {
        throw new IllegalStateException(count + " events do not fit into a batch per partition");
      }
    }
    next += count;
    ledger.produced(next);
    for (EventDataBatch batch : batches) {
      if (batch.getCount() > 0) {
        client.send(batch);
      }
    }
  }

  /** Sends no more; what is being sent is finished. */
  void stop() {
    thread.execute(() -> finished = true);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
