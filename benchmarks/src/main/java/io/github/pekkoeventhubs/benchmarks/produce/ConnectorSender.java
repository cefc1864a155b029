// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.stream.javadsl.Source;

/** The connector's sink for events without a route. */
record ConnectorSender(String name) implements Sender {

  private static final long PATIENCE_SECONDS = 60;

  @Override
  public void send(ProduceTask task) throws Exception {
    byte[] body = new byte[task.bodyBytes()];
    Source.range(1, events(task))
        .map(i -> new EventData(body))
        .runWith(
            Producer.plainSink(
                ProducerSettings.create(task.system())
                    .withClient(task.client())
                    .withParallelism(task.inFlight())),
            task.system())
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
