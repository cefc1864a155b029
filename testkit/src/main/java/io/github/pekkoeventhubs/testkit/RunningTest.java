// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.testkit.EventHubsServices.ProvidedEventHub;
import io.github.pekkoeventhubs.testkit.EventHubsServices.WantedEventHub;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** What an {@link EventHubsExtension} has made for one test, and takes away after it. */
final class RunningTest {

  private final EventHubsServices services;
  private final ActorTestKit kit;
  private final boolean ownsKit;
  private final Map<String, TestEventHub> hubs;
  private final List<ProvidedEventHub> provided = new ArrayList<>();
  private final LeakCheck leakCheck;

  /**
   * @param hubs by the names the test knows them by, in the order in which they were asked for
   */
  RunningTest(
      EventHubsServices services,
      ActorTestKit kit,
      boolean ownsKit,
      Map<String, TestEventHub> hubs,
      LeakCheck leakCheck) {
    this.services = services;
    this.kit = kit;
    this.ownsKit = ownsKit;
    this.hubs = hubs;
    this.leakCheck = leakCheck;
  }

  void provide(WantedEventHub wanted) {
    ProvidedEventHub eventHub = services.provide(wanted);
    provided.add(eventHub);
    hubs.put(wanted.name(), new TestEventHub(services, eventHub, kit.system()));
  }

  ActorTestKit kit() {
    return kit;
  }

  /** The event hub of this name, or the first one. */
  TestEventHub hub(@Nullable String name) {
    if (name == null && !hubs.isEmpty()) {
      return hubs.values().iterator().next();
    }
    TestEventHub hub = hubs.get(name);
    if (hub == null) {
      throw new ParameterResolutionException(
          "There is no event hub "
              + (name == null ? "" : "'" + name + "' ")
              + "among "
              + hubs.keySet()
              + "; name it with EventHubsExtension.withEventHub(..)");
    }
    return hub;
  }

  /**
   * Takes everything away.
   *
   * @param passed whether what is left is a failure of the test; one that has failed already is
   *     told about that, and not of what follows from it
   */
  void end(boolean passed) {
    List<String> leaks = new ArrayList<>();
    hubs.values().forEach(TestEventHub::close);
    if (passed) {
      leakCheck.findStreams(kit.system(), ownsKit, leaks);
    }
    if (ownsKit) {
      kit.shutdownTestKit();
    }
    if (passed && services.eventHubs().isPresent()) {
      leakCheck.findConnections(services.eventHubs().get(), hubs.values(), leaks);
    }
    provided.forEach(services::release);
    if (passed) {
      leakCheck.findThreads(leaks);
    }
    leakCheck.end();
    if (!leaks.isEmpty()) {
      throw new AssertionError("The test has left behind " + String.join(";\n", leaks));
    }
  }
}
