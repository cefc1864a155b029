// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The static methods from which classes take their time, their random numbers and their threads,
 * and what a world links them to instead. A replacement has the same descriptor.
 */
final class Redirections {

  private static final String HERE = "io/github/pekkoeventhubs/simulation/";
  private static final String OWN_THREADS = "io/github/pekkoeventhubs/threads/OwnThreads";

  /** Their methods belong to an object, which the replacements get as their first argument. */
  private static final String RANDOM = "java/util/concurrent/ThreadLocalRandom";

  private static final String SCALA_RANDOM = "scala/util/Random$";

  private static final String WAITING = "scala/concurrent/Await$";

  /** By owner and name. Each leads to a method of the same name. */
  private static final Map<String, String> TARGETS =
      Map.ofEntries(
          Map.entry("java/lang/System.nanoTime", HERE + "WorldTime"),
          Map.entry("java/lang/System.currentTimeMillis", HERE + "WorldTime"),
          Map.entry("java/lang/System.getenv", HERE + "WorldTime"),
          Map.entry("java/time/Instant.now", HERE + "WorldTime"),
          Map.entry("java/time/Clock.systemUTC", HERE + "WorldTime"),
          Map.entry("java/time/InstantSource.system", HERE + "WorldTime"),
          Map.entry("java/util/UUID.randomUUID", HERE + "WorldTime"),
          Map.entry("java/util/Set.of", HERE + "OrderedSets"),
          Map.entry("java/util/Set.copyOf", HERE + "OrderedSets"),
          Map.entry("java/util/Map.of", HERE + "OrderedMaps"),
          Map.entry("java/util/Map.copyOf", HERE + "OrderedMaps"),
          Map.entry(OWN_THREADS + ".pool", HERE + "WorldThreads"),
          Map.entry(OWN_THREADS + ".soon", HERE + "WorldThreads"),
          Map.entry(OWN_THREADS + ".later", HERE + "WorldThreads"),
          Map.entry(OWN_THREADS + ".cancellable", HERE + "WorldThreads"));

  /** The classes of an actor system that prepare its configuration, and the calls with which. */
  private static final Set<String> SYSTEMS =
      Set.of(
          "org.apache.pekko.actor.ActorSystemImpl", "org.apache.pekko.actor.ActorSystem$Settings");

  private static final Map<String, String> CONFIGURATION =
      Map.of(
          "com/typesafe/config/Config.withFallback", HERE + "WorldConfig",
          "com/typesafe/config/Config.checkValid", HERE + "WorldConfig",
          "org/apache/pekko/actor/ActorSystem$Settings$.amendSlf4jConfig", HERE + "WorldConfig");

  /** The classes through which Pekko logs, and those that decide what is logged. */
  private static final Set<String> LOGGERS =
      Set.of("org.apache.pekko.event.BusLogging", "org.apache.pekko.event.MarkerLoggingAdapter");

  private static final Set<String> OF_LOGGERS =
      Set.of(
          "org/apache/pekko/event/LoggingFilter",
          "org/apache/pekko/event/LoggingFilterWithMarker",
          "org/apache/pekko/event/LoggingBus");

  /** Calls that a world cannot link: a class of ours that makes one is refused. */
  private static final Set<String> REFUSED =
      Set.of(
          "java/lang/Thread.sleep",
          "java/lang/Thread.<init>",
          "java/util/concurrent/CompletableFuture.orTimeout",
          "java/util/concurrent/CompletableFuture.completeOnTimeout",
          "java/util/concurrent/CompletableFuture.delayedExecutor",
          "java/util/concurrent/Executors.newFixedThreadPool",
          "java/util/concurrent/Executors.newCachedThreadPool",
          "java/util/concurrent/Executors.newSingleThreadExecutor",
          "java/util/concurrent/Executors.newScheduledThreadPool",
          "java/util/concurrent/Executors.newSingleThreadScheduledExecutor",
          "java/util/concurrent/ForkJoinPool.commonPool",
          "java/util/Timer.<init>",
          "java/time/Clock.systemDefaultZone",
          "java/security/SecureRandom.<init>");

  /** A class of which a world makes another, with the same arguments. */
  private static final String TRANSPORT = "org/apache/pekko/remote/artery/tcp/ArteryTcpTransport";

  private static final String WORLD_TRANSPORT = HERE + "cluster/SimulatedTransport";

  private Redirections() {}

  /** The class of which an object is made in the place of this one. */
  static String made(String type) {
    return type.equals(TRANSPORT) ? WORLD_TRANSPORT : type;
  }

  /** The class of the replacement; null if the method stays. */
  static @Nullable String target(String owner, String name, String descriptor) {
    // An empty collection has one order.
    boolean isEmpty = name.equals("of") && descriptor.startsWith("()");
    return isEmpty ? null : TARGETS.get(owner + "." + name);
  }

  /**
   * The class of the replacement of an object's method, which gets the object as its first
   * argument; null if the method stays.
   */
  static @Nullable String targetOfMethod(String caller, String owner, String name) {
    String ofObject = targetWithReceiver(owner);
    if (ofObject != null) {
      return ofObject;
    }
    if (LOGGERS.contains(caller) && OF_LOGGERS.contains(owner)) {
      return HERE + "WorldLog";
    }
    return SYSTEMS.contains(caller) ? CONFIGURATION.get(owner + "." + name) : null;
  }

  /** The class whose static method takes the place of one that belongs to an object. */
  static @Nullable String targetWithReceiver(String owner) {
    return switch (owner) {
      case RANDOM, SCALA_RANDOM -> HERE + "WorldRandom";
      case WAITING -> HERE + "WaitingThread";
      default -> null;
    };
  }

  static String withReceiver(String owner, String descriptor) {
    return "(L" + owner + ";" + descriptor.substring(1);
  }

  static boolean isRefused(String owner, String name) {
    return REFUSED.contains(owner + "." + name);
  }
}
