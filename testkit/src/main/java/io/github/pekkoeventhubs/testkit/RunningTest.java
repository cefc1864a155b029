// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.testkit.services.EventHubsServices;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices.ProvidedEventHub;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices.WantedEventHub;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** The resources that an {@link EventHubsExtension} creates for one test and removes after it. */
final class RunningTest {

  private final EventHubsServices services;
  private final ActorTestKit kit;
  private final boolean ownsKit;
  private final Map<String, TestEventHub> hubs;
  private final List<ProvidedEventHub> provided = new ArrayList<>();
  private final LeftFaults leftFaults;
  private final LeakCheck leakCheck;
  private final Set<Integer> portsBefore;

  /**
   * @param leftFaults shared by all tests on these services
   * @param hubs the event hubs by the names in the test, in the order in which they were asked for
   */
  RunningTest(
      EventHubsServices services,
      LeftFaults leftFaults,
      ActorTestKit kit,
      boolean ownsKit,
      Map<String, TestEventHub> hubs,
      LeakCheck leakCheck) {
    this.services = services;
    this.leftFaults = leftFaults;
    this.kit = kit;
    this.ownsKit = ownsKit;
    this.hubs = hubs;
    this.leakCheck = leakCheck;
    this.portsBefore =
        services.eventHubs().stream()
            .flatMap(emulator -> emulator.connections().stream())
            .map(ConnectedClient::port)
            .collect(Collectors.toUnmodifiableSet());
    leftFaults.testBegins(services);
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
   * Removes all resources, even if removing some of them fails; then throws the first failure.
   *
   * @param passed whether leaks fail the test; a test that has failed already reports that failure
   *     only
   */
  void end(boolean passed) {
    List<String> leaks = new ArrayList<>();
    List<Runnable> steps = new ArrayList<>();
    hubs.values().forEach(hub -> steps.add(hub::close));
    if (passed) {
      steps.add(() -> leakCheck.findStreams(kit.system(), ownsKit, leaks));
    }
    if (ownsKit) {
      steps.add(kit::shutdownTestKit);
    }
    if (passed && services.eventHubs().isPresent()) {
      EventHubsEmulator emulator = services.eventHubs().get();
      steps.add(() -> leakCheck.findConnections(emulator, portsBefore, hubs.values(), leaks));
    }
    provided.forEach(eventHub -> steps.add(() -> services.release(eventHub)));
    steps.add(leftFaults::testEnds);
    if (passed) {
      steps.add(() -> leakCheck.findThreads(leaks));
    }
    steps.add(leakCheck::end);
    Optional<Throwable> failure = runAll(steps);
    if (failure.isPresent() || !leaks.isEmpty()) {
      throw new AssertionError(describe(failure, leaks), failure.orElse(null));
    }
  }

  /** Runs all of them and returns the first failure, with the other ones suppressed. */
  private static Optional<Throwable> runAll(List<Runnable> steps) {
    Throwable first = null;
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (Throwable failed) {
        if (first == null) {
          first = failed;
        } else {
          first.addSuppressed(failed);
        }
      }
    }
    return Optional.ofNullable(first);
  }

  private static String describe(Optional<Throwable> failure, List<String> leaks) {
    List<String> found = new ArrayList<>();
    failure.ifPresent(cause -> found.add("What the test had could not be taken away: " + cause));
    if (!leaks.isEmpty()) {
      found.add("The test has left behind " + String.join(";\n", leaks));
    }
    return String.join(";\n", found);
  }
}
