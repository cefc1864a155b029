// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that stands still until a test moves it, forwards or backwards. For the emulators ({@link
 * EventHubsEmulator.Builder#clock}, {@link BlobEmulator.Builder#clock}) and {@code
 * InMemoryPartitionStore}. Safe to use from any thread.
 */
public final class SettableClock extends Clock {

  private volatile Instant now;

  private SettableClock(Instant start) {
    now = start;
  }

  /** A clock that stands at the beginning of 2026. */
  public static SettableClock create() {
    return startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  }

  /** A clock that stands at this time. */
  public static SettableClock startingAt(Instant start) {
    return new SettableClock(start);
  }

  /** Moves the clock; a negative duration moves it back. */
  public synchronized void advance(Duration duration) {
    now = now.plus(duration);
  }

  /** Moves the clock to this time, before or after the one it shows. */
  public synchronized void set(Instant time) {
    now = time;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  /** The same clock: it only tells instants, which have no zone. */
  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
