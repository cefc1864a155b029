// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.produce;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventDataBatch;
import java.util.Objects;

/** Batches that are filled by hand until nothing more fits. */
record FullBatchSender(String name) implements Sender {

  @Override
  public void send(ProduceTask task) throws Exception {
    byte[] body = new byte[task.bodyBytes()];
    InFlight inFlight = new InFlight(task.inFlight());
    int left = events(task);
    while (left > 0) {
      EventDataBatch batch = Objects.requireNonNull(task.client().createBatch().block());
      while (left > 0 && batch.tryAdd(new EventData(body))) {
        left--;
      }
      inFlight.send(task.client().send(batch));
    }
    inFlight.awaitAll();
  }
}
