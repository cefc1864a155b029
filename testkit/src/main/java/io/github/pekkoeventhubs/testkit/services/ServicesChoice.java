// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.services;

import io.github.pekkoeventhubs.testkit.services.EventHubsServices.WantedEventHub;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.pekko.annotation.InternalApi;
import org.opentest4j.TestAbortedException;

/** The services that a system property of the JUnit extension names. */
@InternalApi
public final class ServicesChoice {

  private ServicesChoice() {}

  /**
   * Starts them.
   *
   * @param property whose value is the name, for the message
   * @throws TestAbortedException if they cannot be had here: the tests are skipped
   * @throws IllegalArgumentException if there are none of this name
   */
  public static EventHubsServices start(
      String property,
      String name,
      List<WantedEventHub> wanted,
      Clock clock,
      Map<String, String> environment) {
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
              "%s is '%s'; it must be embedded, containers or azure".formatted(property, name));
    };
  }
}
