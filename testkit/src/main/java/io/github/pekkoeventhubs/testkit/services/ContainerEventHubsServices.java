// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.services;

import io.github.pekkoeventhubs.page.Json;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices.WantedEventHub;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.azure.AzuriteContainer;
import org.testcontainers.azure.EventHubsEmulatorContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.images.builder.Transferable;

/**
 * Microsoft's Event Hubs emulator and Azurite in containers. Needs Docker, and {@code
 * testcontainers-azure} on the class path.
 *
 * <pre>{@code
 * List<WantedEventHub> hubs = List.of(new WantedEventHub("orders", 4, List.of("billing")));
 * EventHubsExtension.create().withEventHub("orders", 4).withConsumerGroup("billing")
 *     .withServices(() -> ContainerEventHubsServices.start(hubs));
 * }</pre>
 */
public final class ContainerEventHubsServices {

  private static final String EVENT_HUBS_IMAGE =
      "mcr.microsoft.com/azure-messaging/eventhubs-emulator:2.1.0";
  private static final String AZURITE_IMAGE = "mcr.microsoft.com/azure-storage/azurite:3.37.0";

  // The limits of the official emulator.
  private static final int MAX_EVENT_HUBS = 10;
  private static final int MAX_CONSUMER_GROUPS = 20;
  private static final int MAX_PARTITIONS = 32;

  private ContainerEventHubsServices() {}

  /** One that answers a client that is newer than itself. */
  static class Azurite extends AzuriteContainer {
    Azurite() {
      super(AZURITE_IMAGE);
    }

    @Override
    protected void configure() {
      super.configure();
      List<String> command = new ArrayList<>(List.of(getCommandParts()));
      // The SDK asks for newer versions of the protocol than Azurite knows.
      command.add("--skipApiVersionCheck");
      setCommandParts(command.toArray(String[]::new));
    }
  }

  /** Whether containers can be started here. */
  public static boolean isDockerAvailable() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  /**
   * Starts both. Whoever calls this accepts the licence of the Event Hubs emulator.
   *
   * @param eventHubs all that tests are going to ask for, since none can be added later
   * @throws IllegalArgumentException if these are more than the emulator allows
   */
  public static EventHubsServices start(List<WantedEventHub> eventHubs) {
    String configuration = configuration(eventHubs);
    Network network = Network.newNetwork();
    AzuriteContainer azurite = new Azurite().withNetwork(network);
    EventHubsEmulatorContainer emulator =
        new EventHubsEmulatorContainer(EVENT_HUBS_IMAGE)
            .acceptLicense()
            .withNetwork(network)
            .withAzuriteContainer(azurite)
            .withConfig(Transferable.of(configuration));
    Runnable stop =
        () -> {
          emulator.stop();
          azurite.stop();
          network.close();
        };
    try {
      azurite.start();
      emulator.start();
    } catch (RuntimeException failed) {
      stop.run();
      throw failed;
    }
    return ExternalEventHubsServices.at(
        emulator.getConnectionString(), azurite.getConnectionString(), stop);
  }

  /** The emulator's configuration file. */
  static String configuration(List<WantedEventHub> eventHubs) {
    if (eventHubs.isEmpty() || eventHubs.size() > MAX_EVENT_HUBS) {
      throw new IllegalArgumentException(
          "The Event Hubs emulator takes 1 to %d event hubs, not %d"
              .formatted(MAX_EVENT_HUBS, eventHubs.size()));
    }
    Map<String, Object> namespace = new LinkedHashMap<>();
    namespace.put("Type", "EventHub");
    namespace.put("Name", "emulatorNs1");
    namespace.put("Entities", eventHubs.stream().map(ContainerEventHubsServices::entity).toList());
    return Json.of(
        Map.of(
            "UserConfig",
            Map.of(
                "NamespaceConfig",
                List.of(namespace),
                "LoggingConfig",
                Map.of("Type", "Console"))));
  }

  private static Map<String, Object> entity(WantedEventHub eventHub) {
    if (eventHub.partitionCount() > MAX_PARTITIONS
        || eventHub.consumerGroups().size() > MAX_CONSUMER_GROUPS) {
      throw new IllegalArgumentException(
          "The Event Hubs emulator takes up to %d partitions and %d consumer groups; '%s' has more"
              .formatted(MAX_PARTITIONS, MAX_CONSUMER_GROUPS, eventHub.name()));
    }
    Map<String, Object> entity = new LinkedHashMap<>();
    entity.put("Name", eventHub.name());
    entity.put("PartitionCount", Integer.toString(eventHub.partitionCount()));
    entity.put(
        "ConsumerGroups",
        eventHub.consumerGroups().stream().map(group -> Map.of("Name", group)).toList());
    return entity;
  }
}
