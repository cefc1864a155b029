// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Event Hubs and Blob Storage: the real ones, or both embedded in this process. */
final class Services implements AutoCloseable {

  private final Connections connections;
  private final String description;
  private final List<Runnable> closing;

  private Services(Connections connections, String description, List<Runnable> closing) {
    this.connections = connections;
    this.description = description;
    this.closing = closing;
  }

  /**
   * The chosen ones.
   *
   * @param choice as {@link Connections#chosen} takes it
   * @param partitions of the event hub, if it is an embedded one
   */
  static Services start(String choice, Map<String, String> environment, int partitions) {
    Optional<Connections> real = Connections.chosen(choice, environment);
    return real.isPresent()
        ? new Services(real.get(), "Azure Event Hubs and Blob Storage", List.of())
        : embedded(partitions);
  }

  /**
   * Both in this process, on loopback ports of their own, with an event hub of this many
   * partitions.
   */
  static Services embedded(int partitions) {
    EventHubsEmulator eventHubs =
        EventHubsEmulator.builder().eventHub("orders", partitions).consumerGroup("billing").start();
    BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start();
    return new Services(
        new Connections(
            eventHubs.connectionString(),
            blobs.connectionString(),
            "orders",
            "billing",
            "checkpoints"),
        "Event Hubs (AMQP) embedded on port "
            + eventHubs.port()
            + ", Blob Storage on port "
            + blobs.port(),
        List.of(eventHubs::close, blobs::close));
  }

  Connections connections() {
    return connections;
  }

  @Override
  public String toString() {
    return description;
  }

  @Override
  public void close() {
    closing.forEach(Runnable::run);
  }
}
