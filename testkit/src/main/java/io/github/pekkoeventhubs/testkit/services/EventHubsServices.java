// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.services;

import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.util.List;
import java.util.Optional;

/**
 * Where an {@link io.github.pekkoeventhubs.testkit.EventHubsExtension} finds Event Hubs and Blob
 * Storage: embedded, in containers, or anywhere else. Thread-safe.
 */
public interface EventHubsServices extends AutoCloseable {

  /**
   * An event hub that a test asks for.
   *
   * @param name the name the test knows it by
   * @param consumerGroups besides {@code $Default}; the first one is what streams read with
   */
  record WantedEventHub(String name, int partitionCount, List<String> consumerGroups) {}

  /**
   * An event hub and a container for one test.
   *
   * @param eventHub its name in the service
   * @param partitionCount all that the event hub has, which may be more than was wanted
   * @param container empty and for this test alone
   * @param shared whether the event hub holds events of other tests, so that positions have to be
   *     told from those at the beginning of the test
   */
  record ProvidedEventHub(
      String eventHub,
      int partitionCount,
      String consumerGroup,
      String container,
      boolean shared) {}

  /** Returns the connection string of the Event Hubs namespace; contains a key. */
  String eventHubsConnectionString();

  /** Returns the connection string of the storage account; contains a key. */
  String blobConnectionString();

  /** Provides what a test asks for. */
  ProvidedEventHub provide(WantedEventHub wanted);

  /** Takes back what was provided, with its container. */
  void release(ProvidedEventHub provided);

  /** The embedded Event Hubs service, where it is one. */
  Optional<EventHubsEmulator> eventHubs();

  /** The embedded Blob service, where it is one. */
  Optional<BlobEmulator> blobs();

  /** Names the services, without any secret. */
  @Override
  String toString();

  @Override
  void close();
}
