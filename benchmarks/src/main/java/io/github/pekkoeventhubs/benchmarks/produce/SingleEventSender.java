// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.produce;

import com.azure.messaging.eventhubs.EventData;
import java.util.List;

/** Each event by itself. */
record SingleEventSender(String name) implements Sender {

  private static final int FEWER = 16;

  @Override
  public int events(ProduceTask task) {
    return task.events() / FEWER;
  }

  @Override
  public void send(ProduceTask task) throws Exception {
    byte[] body = new byte[task.bodyBytes()];
    InFlight inFlight = new InFlight(task.inFlight());
    for (int i = events(task); i > 0; i--) {
      inFlight.send(task.client().send(List.of(new EventData(body))));
    }
    inFlight.awaitAll();
  }
}
