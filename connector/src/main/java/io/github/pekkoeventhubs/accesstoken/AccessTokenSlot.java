// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.accesstoken;

import com.azure.core.credential.AccessToken;
import io.github.pekkoeventhubs.failure.Causes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The token of one kind, and the fetch of the next one. At most one fetch is under way, unless it
 * takes longer than the time-out. Any thread.
 */
final class AccessTokenSlot {

  /** A token is replaced when this little of its life is left, or half of it. */
  private static final Duration REPLACED_BEFORE = Duration.ofMinutes(5);

  private static final Duration SHORTEST_HOLD = Duration.ofSeconds(1);
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(30);

  private final Supplier<CompletableFuture<AccessToken>> fetch;
  private final Duration timeout;
  private final Clock clock;
  private final LongSupplier nanoTime;

  // All below is guarded by this.
  private @Nullable AccessToken token;
  private Instant replaceAt = Instant.MIN;
  private @Nullable CompletableFuture<AccessToken> underWay;
  private long startedAt;
  private @Nullable Throwable lastFailure;
  private long heldSince;
  private Duration held = Duration.ZERO;
  private Duration hold = SHORTEST_HOLD;

  /**
   * @param fetch starts to fetch a token, and does not block
   * @param timeout after which a fetch counts for nothing, and the next one may start
   * @param clock decides whether a token is valid: its expiry is a time of day
   * @param nanoTime measures how long something takes, whatever the clock is set to
   */
  AccessTokenSlot(
      Supplier<CompletableFuture<AccessToken>> fetch,
      Duration timeout,
      Clock clock,
      LongSupplier nanoTime) {
    this.fetch = fetch;
    this.timeout = timeout;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** The token, as soon as there is one that is valid; or the failure to get one. */
  synchronized CompletableFuture<AccessToken> get() {
    Instant now = clock.instant();
    AccessToken current = token;
    if (current != null && current.getExpiresAt().toInstant().isAfter(now)) {
      if (now.isAfter(replaceAt) && !isHeld()) {
        next();
      }
      return CompletableFuture.completedFuture(current);
    }
    Throwable failure = lastFailure;
    return failure != null && isHeld() ? CompletableFuture.failedFuture(failure) : next();
  }

  /** Whether the last failure is too recent to ask again. */
  private boolean isHeld() {
    return isWithin(held, heldSince);
  }

  private boolean isWithin(Duration time, long since) {
    return nanoTime.getAsLong() - since < time.toNanos();
  }

  private CompletableFuture<AccessToken> next() {
    CompletableFuture<AccessToken> current = underWay;
    if (current != null && isWithin(timeout, startedAt)) {
      return current;
    }
    startedAt = nanoTime.getAsLong();
    CompletableFuture<AccessToken> started = new CompletableFuture<>();
    underWay = started;
    fetch
        .get()
        .whenComplete(
            (found, failure) -> {
              // Those who wait are told last, so that the next one who asks finds the result.
              fetched(started, found, failure);
              if (found == null) {
                started.completeExceptionally(reason(failure));
              } else {
                started.complete(found);
              }
            });
    return started;
  }

  private static Throwable reason(@Nullable Throwable failure) {
    return failure == null ? new IllegalStateException("no token") : Causes.unwrapped(failure);
  }

  private synchronized void fetched(
      CompletableFuture<AccessToken> ended,
      @Nullable AccessToken found,
      @Nullable Throwable failure) {
    if (underWay == ended) {
      underWay = null;
    }
    if (found == null) {
      lastFailure = reason(failure);
      heldSince = nanoTime.getAsLong();
      held = hold;
      hold = shorter(hold.multipliedBy(2), LONGEST_HOLD);
      return;
    }
    token = found;
    lastFailure = null;
    held = Duration.ZERO;
    hold = SHORTEST_HOLD;
    Instant expiresAt = found.getExpiresAt().toInstant();
    Duration life = Duration.between(clock.instant(), expiresAt);
    replaceAt = expiresAt.minus(shorter(REPLACED_BEFORE, life.dividedBy(2)));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
