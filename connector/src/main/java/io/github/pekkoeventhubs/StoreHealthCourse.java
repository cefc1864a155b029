// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Decides the health of a store by what becomes of its requests. Any thread. */
final class StoreHealthCourse {

  private static final Duration BAD_AFTER = Duration.ofSeconds(2);

  private final String store;
  private final LongSupplier nanoTime;

  // All below is guarded by this.
  private StoreHealth health = StoreHealth.ANSWERING;
  private long failures;
  private long firstFailureAt;

  /**
   * @param store names the store in a sentence
   */
  StoreHealthCourse(String store, LongSupplier nanoTime) {
    this.store = store;
    this.nanoTime = nanoTime;
  }

  synchronized StoreHealth health() {
    return health;
  }

  /** The store has answered a request; returns the line for the log if that is news. */
  synchronized Optional<String> answered() {
    StoreHealth before = health;
    long failed = failures;
    health = StoreHealth.ANSWERING;
    failures = 0;
    return before == StoreHealth.ANSWERING
        ? Optional.empty()
        : Optional.of(
            store + " answers again, after " + inSeconds() + " and " + failed + " failed requests");
  }

  /**
   * A request has failed for a reason that concerns the whole store; returns the line for the log
   * if that is news.
   *
   * @param towards what the store is if this goes on
   * @param reason the failure in words
   */
  synchronized Optional<String> failed(StoreHealth towards, String reason) {
    if (failures == 0) {
      firstFailureAt = nanoTime.getAsLong();
    }
    failures++;
    if (health == towards || failures == 1 || since().compareTo(BAD_AFTER) < 0) {
      return Optional.empty();
    }
    health = towards;
    return Optional.of(
        store
            + " is "
            + towards.name().toLowerCase(Locale.ROOT)
            + " since "
            + inSeconds()
            + ", "
            + failures
            + " requests have failed: "
            + reason);
  }

  private Duration since() {
    return Duration.ofNanos(nanoTime.getAsLong() - firstFailureAt);
  }

  private String inSeconds() {
    return String.format(Locale.ROOT, "%.1f s", (double) since().toMillis() / 1000);
  }
}
