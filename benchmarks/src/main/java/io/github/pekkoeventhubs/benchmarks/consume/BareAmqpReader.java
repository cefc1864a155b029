// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads with the AMQP engine inside the SDK, without the SDK: this is the highest rate that a
 * client could reach. It decodes each message, as every client must, and does nothing else.
 */
record BareAmqpReader(String name, Tuning tuning) implements Reader {

  private static final Pattern ENDPOINT = Pattern.compile("Endpoint=([^;]+)");

  @Override
  public Running start(ConsumeTask task, RateMeter meter) throws Exception {
    Matcher endpoint = ENDPOINT.matcher(task.services().eventHubs());
    if (!endpoint.find()) {
      throw new IllegalStateException("the connection string has no endpoint");
    }
    int port = URI.create(endpoint.group(1)).getPort();
    List<BareAmqpConnection> connections = new ArrayList<>();
    for (int i = 0; i < tuning.connections(); i++) {
      connections.add(new BareAmqpConnection(port, tuning.prefetch(), meter.counter()));
    }
    for (int i = 0; i < task.partitions(); i++) {
      connections
          .get(i % connections.size())
          .receive(
              task.eventHub() + "/ConsumerGroups/" + task.consumerGroup() + "/Partitions/" + i);
    }
    connections.forEach(BareAmqpConnection::start);
    return () -> {
      for (BareAmqpConnection connection : connections) {
        connection.stop();
      }
    };
  }
}
