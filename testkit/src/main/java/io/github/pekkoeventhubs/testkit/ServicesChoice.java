// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.testkit.EventHubsServices.WantedEventHub;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** The services that the system property of {@link EventHubsExtension} names. */
final class ServicesChoice {

  private ServicesChoice() {}

  /**
   * Starts them.
   *
   * @throws TestAbortedException if they cannot be had here: the tests are skipped
   * @throws IllegalArgumentException if there are none of this name
   */
  static EventHubsServices start(
      String name, List<WantedEventHub> wanted, Clock clock, Map<String, String> environment) {
    return switch (name) {
      case "embedded" -> {
        ClientPreload.begin();
        yield new EmbeddedEventHubsServices(clock);
      }
      case "containers" -> {
        if (!ContainerEventHubsServices.isDockerAvailable()) {
          throw new TestAbortedException("There is no Docker for the Event Hubs emulator");
        }
        yield ContainerEventHubsServices.start(wanted);
      }
      case "azure" -> {
        try {
          yield ExternalEventHubsServices.fromEnvironment(environment);
        } catch (IllegalStateException missing) {
          throw new TestAbortedException(String.valueOf(missing.getMessage()), missing);
        }
      }
      default ->
          throw new IllegalArgumentException(
              "%s is '%s'; it must be embedded, containers or azure"
                  .formatted(EventHubsExtension.SERVICES_PROPERTY, name));
    };
  }
}
