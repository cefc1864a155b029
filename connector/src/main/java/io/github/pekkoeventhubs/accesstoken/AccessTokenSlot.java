// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.accesstoken;

import com.azure.core.credential.AccessToken;
import io.github.pekkoeventhubs.failure.Causes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
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

  // All below is guarded by this.
  private @Nullable AccessToken token;
  private Instant replaceAt = Instant.MIN;
  private @Nullable CompletableFuture<AccessToken> underWay;
  private Instant startedAt = Instant.MIN;
  private @Nullable Throwable lastFailure;
  private Instant heldUntil = Instant.MIN;
  private Duration hold = SHORTEST_HOLD;

  /**
   * @param fetch starts to fetch a token, and does not block
   * @param timeout after which a fetch counts for nothing, and the next one may start
   */
  AccessTokenSlot(Supplier<CompletableFuture<AccessToken>> fetch, Duration timeout, Clock clock) {
    this.fetch = fetch;
    this.timeout = timeout;
    this.clock = clock;
  }

  /** The token, as soon as there is one that is valid; or the failure to get one. */
  synchronized CompletableFuture<AccessToken> get() {
    Instant now = clock.instant();
    AccessToken current = token;
    if (current != null && current.getExpiresAt().toInstant().isAfter(now)) {
      if (now.isAfter(replaceAt) && !now.isBefore(heldUntil)) {
        fetchedSince(now);
      }
      return CompletableFuture.completedFuture(current);
    }
    Throwable failure = lastFailure;
    return failure != null && now.isBefore(heldUntil)
        ? CompletableFuture.failedFuture(failure)
        : fetchedSince(now);
  }

  private CompletableFuture<AccessToken> fetchedSince(Instant now) {
    CompletableFuture<AccessToken> current = underWay;
    if (current != null && now.isBefore(startedAt.plus(timeout))) {
      return current;
    }
    startedAt = now;
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
    Instant now = clock.instant();
    if (underWay == ended) {
      underWay = null;
    }
    if (found == null) {
      lastFailure = reason(failure);
      heldUntil = now.plus(hold);
      hold = shorter(hold.multipliedBy(2), LONGEST_HOLD);
      return;
    }
    token = found;
    lastFailure = null;
    heldUntil = Instant.MIN;
    hold = SHORTEST_HOLD;
    Instant expiresAt = found.getExpiresAt().toInstant();
    Duration life = Duration.between(now, expiresAt);
    replaceAt = expiresAt.minus(shorter(REPLACED_BEFORE, life.dividedBy(2)));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
