// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.testkit.javadsl.StreamTestKit;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Finds streams, connections and threads that one test has left behind. It gives all of them some
 * time to end.
 */
final class LeakCheck {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Pools that are shared by all clients in a JVM, and threads of the JVM and of test runners. */
  private static final List<String> SHARED_THREADS =
      List.of(
          "parallel-",
          "pekko-eventhubs-worker-",
          "pekko-eventhubs-timer-",
          "boundedElastic",
          "BoundedElasticEvictor",
          "single-",
          "loomBoundedElastic",
          "reactor-http-",
          "azure-sdk-",
          "receiverPump-",
          // Ends some seconds after the connection it belongs to, which is looked for itself.
          "reactor-executor-",
          "HttpClient-",
          "ForkJoinPool",
          "CompletableFutureDelayScheduler",
          "globalEventExecutor",
          "threadDeathWatcher",
          "process reaper",
          "VirtualThread-unblocker",
          "Keep-Alive-Timer",
          "Attach Listener",
          "Common-Cleaner",
          "Signal Dispatcher",
          "Java2D",
          "RMI ",
          "JFR ",
          "junit-",
          "awaitility-",
          "surefire-");

  /** Serves one connection of an emulator, whose own thread has the name before the last hyphen. */
  private static final Pattern EMULATOR_CONNECTION = Pattern.compile("(blob-emulator-\\d+)-\\d+");

  private static final AtomicLong STARTED = new AtomicLong();
  private static final AtomicLong ENDED = new AtomicLong();

  private final boolean enabled;
  private final Set<String> sharedThreads;
  private final Set<Thread> threadsBefore;
  private final boolean alone;
  private final long number;

  private LeakCheck(
      boolean enabled,
      Set<String> sharedThreads,
      Set<Thread> threadsBefore,
      boolean alone,
      long number) {
    this.enabled = enabled;
    this.sharedThreads = sharedThreads;
    this.threadsBefore = threadsBefore;
    this.alone = alone;
    this.number = number;
  }

  /** Takes down what is there before the test. */
  static LeakCheck begin(ExtensionContext context, Set<String> sharedThreads) {
    boolean othersRunning = STARTED.get() != ENDED.get();
    boolean parallel =
        context
            .getConfigurationParameter("junit.jupiter.execution.parallel.enabled")
            .map(Boolean::parseBoolean)
            .orElse(false);
    return new LeakCheck(
        true,
        sharedThreads,
        Thread.getAllStackTraces().keySet(),
        !parallel && !othersRunning,
        STARTED.incrementAndGet());
  }

  /** Finds nothing. */
  static LeakCheck none() {
    STARTED.incrementAndGet();
    return new LeakCheck(false, Set.of(), Set.of(), false, 0);
  }

  /** To be called when the test is over, whatever became of it. */
  void end() {
    ENDED.incrementAndGet();
  }

  /** Whether no other test has run since this one began. */
  private boolean wasAlone() {
    return alone && STARTED.get() == number;
  }

  /**
   * @param ownSystem whether only this test uses the actor system
   */
  void findStreams(ActorSystem<?> system, boolean ownSystem, List<String> leaks) {
    if (!enabled || (!ownSystem && !wasAlone())) {
      return;
    }
    try {
      StreamTestKit.assertAllStagesStopped(system);
    } catch (AssertionError running) {
      leaks.add("streams that have not stopped: " + running.getMessage());
    }
  }

  /**
   * @param portsBefore of the clients that were connected before the test
   */
  void findConnections(
      EventHubsEmulator emulator,
      Set<Integer> portsBefore,
      Collection<TestEventHub> hubs,
      List<String> leaks) {
    Set<String> names =
        hubs.stream().map(hub -> hub.name().toLowerCase(Locale.ROOT)).collect(toSet());
    // One that has named no event hub yet is the test's only if there is no other test.
    Predicate<ConnectedClient> ofTheTest =
        client ->
            client.eventHubs().stream().anyMatch(names::contains)
                || (wasAlone()
                    && client.eventHubs().isEmpty()
                    && !portsBefore.contains(client.port()));
    if (enabled && !Waiting.becomes(PATIENCE, () -> connections(emulator, ofTheTest).isEmpty())) {
      leaks.add("connections that are not closed: " + connections(emulator, ofTheTest));
    }
  }

  private static List<ConnectedClient> connections(
      EventHubsEmulator emulator, Predicate<ConnectedClient> ofTheTest) {
    return emulator.connections().stream().filter(ofTheTest).toList();
  }

  void findThreads(List<String> leaks) {
    if (enabled && wasAlone() && !Waiting.becomes(PATIENCE, () -> newThreads().isEmpty())) {
      leaks.add(
          "threads that run on:\n"
              + newThreads().stream().map(LeakCheck::describe).collect(joining("\n")));
    }
  }

  private List<Thread> newThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && !threadsBefore.contains(thread))
        .filter(thread -> thread != Thread.currentThread())
        .filter(thread -> SHARED_THREADS.stream().noneMatch(thread.getName()::startsWith))
        .filter(thread -> !servesAnEmulatorOfBefore(thread))
        .filter(thread -> sharedThreads.stream().noneMatch(thread.getName()::startsWith))
        .toList();
  }

  /** An emulator that the test has started itself is its own to close. */
  private boolean servesAnEmulatorOfBefore(Thread thread) {
    Matcher connection = EMULATOR_CONNECTION.matcher(thread.getName());
    return connection.matches()
        && threadsBefore.stream().anyMatch(before -> before.getName().equals(connection.group(1)));
  }

  private static String describe(Thread thread) {
    return "  "
        + thread.getName()
        + Arrays.stream(thread.getStackTrace())
            .limit(8)
            .map(frame -> "\n    at " + frame)
            .collect(joining());
  }
}
