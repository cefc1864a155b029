// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.services;

import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Event Hubs and Blob Storage that run somewhere else, and in which clients cannot create event
 * hubs: each test gets a container of its own, and shares the event hub that is there. Its streams
 * begin behind the events of the tests before it.
 *
 * <pre>{@code
 * EventHubsExtension.create().withEventHub("orders", 2)
 *     .withServices(() -> ExternalEventHubsServices.fromEnvironment(System.getenv()));
 * }</pre>
 *
 * <p>Tests that share an event hub must not run in parallel. Those that ask for faults are skipped.
 */
public final class ExternalEventHubsServices implements EventHubsServices {

  /**
   * The environment variable with the connection string of a namespace, without {@code EntityPath}.
   */
  public static final String EVENT_HUBS_VARIABLE = "EVENTHUBS_CONNECTION_STRING";

  /** The environment variable with the connection string of a storage account. */
  public static final String STORAGE_VARIABLE = "STORAGE_CONNECTION_STRING";

  /**
   * The beginning of environment variables, followed by a test's name of an event hub in capitals
   * with underscores. Its value is the name of the event hub in the service, if that is another.
   */
  public static final String NAME_VARIABLE_PREFIX = "EVENTHUB_NAME_";

  private static final HttpClient HTTP = new JdkHttpClientBuilder().build();

  private final String eventHubsConnectionString;
  private final String blobConnectionString;
  private final Map<String, String> environment;
  private final Runnable onClose;

  private ExternalEventHubsServices(
      String eventHubsConnectionString,
      String blobConnectionString,
      Map<String, String> environment,
      Runnable onClose) {
    this.eventHubsConnectionString = eventHubsConnectionString;
    this.blobConnectionString = blobConnectionString;
    this.environment = environment;
    this.onClose = onClose;
  }

  /**
   * Services that are there already, in which event hubs have the names that tests know them by.
   *
   * @param onClose run when the last test is over
   */
  public static ExternalEventHubsServices at(
      String eventHubsConnectionString, String blobConnectionString, Runnable onClose) {
    return new ExternalEventHubsServices(
        eventHubsConnectionString, blobConnectionString, Map.of(), onClose);
  }

  /**
   * Services that environment variables name: {@value #EVENT_HUBS_VARIABLE}, {@value
   * #STORAGE_VARIABLE} and, for the event hub {@code orders}, {@code EVENTHUB_NAME_ORDERS}.
   *
   * @throws IllegalStateException if one of the first two is missing; the message names it
   */
  public static ExternalEventHubsServices fromEnvironment(Map<String, String> environment) {
    return new ExternalEventHubsServices(
        required(environment, EVENT_HUBS_VARIABLE),
        required(environment, STORAGE_VARIABLE),
        Map.copyOf(environment),
        () -> {});
  }

  private static String required(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(
          "Tests against real services need the environment variable " + name);
    }
    return value;
  }

  /** Returns the service's name of an event hub that a test asks for. */
  String nameOf(String wantedName) {
    String variable =
        NAME_VARIABLE_PREFIX
            + wantedName.toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    return environment.getOrDefault(variable, wantedName);
  }

  @Override
  public String eventHubsConnectionString() {
    return eventHubsConnectionString;
  }

  @Override
  public String blobConnectionString() {
    return blobConnectionString;
  }

  /**
   * Creates a container. The event hub has all its partitions, also those that the test did not
   * want: streams read them, too.
   *
   * @throws IllegalStateException if the event hub has fewer partitions than wanted
   */
  @Override
  public ProvidedEventHub provide(WantedEventHub wanted) {
    String name = nameOf(wanted.name());
    int partitions = partitionCount(name);
    if (partitions < wanted.partitionCount()) {
      throw new IllegalStateException(
          "The event hub '%s' has %d partitions; the tests need %d"
              .formatted(name, partitions, wanted.partitionCount()));
    }
    String container = "test-" + UUID.randomUUID();
    container(container).create();
    List<String> groups = wanted.consumerGroups();
    return new ProvidedEventHub(
        name, partitions, groups.isEmpty() ? "$Default" : groups.get(0), container, true);
  }

  private int partitionCount(String eventHub) {
    try (EventHubConsumerClient client =
        new EventHubClientBuilder()
            .connectionString(eventHubsConnectionString, eventHub)
            .consumerGroup("$Default")
            .buildConsumerClient()) {
      return (int) client.getPartitionIds().stream().count();
    }
  }

  @Override
  public void release(ProvidedEventHub provided) {
    container(provided.container()).deleteIfExists();
  }

  private BlobContainerClient container(String name) {
    return new BlobServiceClientBuilder()
        .connectionString(blobConnectionString)
        .httpClient(HTTP)
        .buildClient()
        .getBlobContainerClient(name);
  }

  @Override
  public Optional<EventHubsEmulator> eventHubs() {
    return Optional.empty();
  }

  @Override
  public Optional<BlobEmulator> blobs() {
    return Optional.empty();
  }

  @Override
  public void close() {
    onClose.run();
  }

  @Override
  public String toString() {
    return "external services";
  }
}
