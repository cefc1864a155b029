// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.util.List;
import reactor.core.publisher.BaseSubscriber;

/** The SDK's Flux of each partition with a subscriber that counts, and nothing else. */
record RawFluxReader(String name, Tuning tuning) implements Reader {

  @Override
  public Running start(ConsumeTask task, RateMeter meter) {
    List<EventHubConsumerAsyncClient> clients = task.clients(tuning);
    for (int i = 0; i < task.partitions(); i++) {
      clients
          .get(i % clients.size())
          .receiveFromPartition(Integer.toString(i), EventPosition.earliest())
          .subscribe(new Counting(meter.counter()));
    }
    return () -> clients.forEach(EventHubConsumerAsyncClient::close);
  }

  /** Asks for everything at once, as is fastest. */
  private static final class Counting extends BaseSubscriber<PartitionEvent> {
    private final RateMeter.Counter counter;

    Counting(RateMeter.Counter counter) {
      this.counter = counter;
    }

    @Override
    protected void hookOnNext(PartitionEvent event) {
      counter.count();
    }
  }
}
