// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.services;

import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Both emulators; each test gets an event hub and a container of its own. */
final class EmbeddedEventHubsServices implements EventHubsServices {

  private final EventHubsEmulator eventHubs;
  private final BlobEmulator blobs;
  private final AtomicLong tests = new AtomicLong();

  EmbeddedEventHubsServices(Clock clock) {
    eventHubs = EventHubsEmulator.builder().clock(clock).start();
    blobs = BlobEmulator.builder().clock(clock).start();
  }

  @Override
  public String eventHubsConnectionString() {
    return eventHubs.connectionString();
  }

  @Override
  public String blobConnectionString() {
    return blobs.connectionString();
  }

  @Override
  public ProvidedEventHub provide(WantedEventHub wanted) {
    long number = tests.incrementAndGet();
    String name = wanted.name() + "-" + number;
    String container = "checkpoints-" + number;
    eventHubs.addEventHub(
        name, wanted.partitionCount(), wanted.consumerGroups().toArray(new String[0]));
    blobs.createContainer(container);
    String consumerGroup =
        wanted.consumerGroups().isEmpty() ? "$Default" : wanted.consumerGroups().get(0);
    return new ProvidedEventHub(name, wanted.partitionCount(), consumerGroup, container, false);
  }

  @Override
  public void release(ProvidedEventHub provided) {
    blobs.faults().inContainer(provided.container()).clear();
    eventHubs.deleteEventHub(provided.eventHub());
    blobs.deleteContainer(provided.container());
  }

  @Override
  public Optional<EventHubsEmulator> eventHubs() {
    return Optional.of(eventHubs);
  }

  @Override
  public Optional<BlobEmulator> blobs() {
    return Optional.of(blobs);
  }

  @Override
  public String toString() {
    return "the embedded services on ports " + eventHubs.port() + " and " + blobs.port();
  }

  @Override
  public void close() {
    eventHubs.close();
    blobs.close();
  }
}
