// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the log says that checkpoints cannot be written. A store that refuses once now and
 * then is ordinary, so one line is due when attempts have been failing for {@link #WARN_AFTER}, and
 * one more when they succeed again. Times are nanoseconds of a monotonic clock.
 */
final class CheckpointTrouble {

  /** How long attempts fail before the log says so. */
  static final Duration WARN_AFTER = Duration.ofSeconds(3);

  private @Nullable Long since;
  private boolean hasWarned;

  /**
   * An attempt has failed.
   *
   * @return how long attempts have been failing, if the log is to say so now
   */
  Optional<Duration> failed(long now) {
    if (since == null) {
      since = now;
    }
    Duration soFar = Duration.ofNanos(now - since);
    if (hasWarned || soFar.compareTo(WARN_AFTER) < 0) {
      return Optional.empty();
    }
    hasWarned = true;
    return Optional.of(soFar);
  }

  /**
   * An attempt has succeeded.
   *
   * @return how long attempts had been failing, if the log has said so
   */
  Optional<Duration> worksAgain(long now) {
    Long began = since;
    boolean had = hasWarned;
    since = null;
    hasWarned = false;
    return began == null || !had ? Optional.empty() : Optional.of(Duration.ofNanos(now - began));
  }
}
