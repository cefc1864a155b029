// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of the world, and its random names. Classes are linked to it in the place of the
 * JDK's.
 */
public final class WorldTime {

  private WorldTime() {}

  /** The monotonic clock. */
  public static long nanoTime() {
    return World.current().nanoTime();
  }

  /** The wall clock. */
  public static long currentTimeMillis() {
    return now().toEpochMilli();
  }

  /** The wall clock. */
  public static Instant now() {
    return World.current().instant();
  }

  /** The wall clock. */
  public static InstantSource system() {
    return WorldTime::now;
  }

  /** The wall clock. */
  public static Clock systemUTC() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now();
      }
    };
  }

  /** The environment of a process: none, since that of the machine would decide about names. */
  public static Map<String, String> getenv() {
    return Map.of();
  }

  /** A variable of the environment. */
  public static @Nullable String getenv(String name) {
    return null;
  }

  /** A name that the seed decides. */
  public static UUID randomUUID() {
    return new UUID(World.current().random().nextLong(), World.current().random().nextLong());
  }
}
