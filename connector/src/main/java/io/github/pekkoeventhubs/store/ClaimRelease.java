// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * Gives claims up. Until a claim is released others wait for it to expire, for two minutes by
 * default, and nobody reads. So a release that the store refuses for a passing reason is tried
 * again, until the delays together are as long as a claim lives without a renewal.
 *
 * <p>Nobody has to wait for that: a release changes nothing but the claim that it is about, however
 * late it comes. Thread-safe. Each release goes on by itself on the threads of this library, also
 * when the owner of the claim has ended.
 */
@InternalApi
public final class ClaimRelease {

  private final OwnershipProtocol protocol;
  private final WriteRetry retry;
  private final BiConsumer<Duration, Runnable> timer;
  private final DoubleSupplier random;
  private final Consumer<Throwable> onFirstFailure;

  /**
   * Releases by this protocol.
   *
   * @param expiry how long a claim lives without a renewal
   * @param onFirstFailure told if the first attempt of a release has failed, whether or not others
   *     follow
   */
  public ClaimRelease(
      OwnershipProtocol protocol, Duration expiry, Consumer<Throwable> onFirstFailure) {
    this(
        protocol,
        WriteRetry.during(expiry),
        onFirstFailure,
        (delay, task) -> OwnThreads.later(delay, task),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  ClaimRelease(
      OwnershipProtocol protocol,
      WriteRetry retry,
      Consumer<Throwable> onFirstFailure,
      BiConsumer<Duration, Runnable> timer,
      DoubleSupplier random) {
    this.protocol = protocol;
    this.retry = retry;
    this.onFirstFailure = onFirstFailure;
    this.timer = timer;
    this.random = random;
  }

  /**
   * Releases a claim.
   *
   * @return the answer of the attempt that has succeeded, or the failure of the last one
   */
  public CompletionStage<ReleaseOutcome> release(OwnershipClaim claim) {
    Release release = new Release(claim);
    release.attempt();
    return release.result;
  }

  /** One claim that is given up. Its attempts follow one another. */
  private final class Release {
    private final OwnershipClaim claim;
    private final CompletableFuture<ReleaseOutcome> result = new CompletableFuture<>();
    private Duration waited = Duration.ZERO;
    private int failures;

    Release(OwnershipClaim claim) {
      this.claim = claim;
    }

    void attempt() {
      protocol
          .release(claim)
          .whenComplete(
              (outcome, failure) -> {
                if (failure == null) {
                  result.complete(outcome);
                } else {
                  failed(StageFailure.causeOf(failure));
                }
              });
    }

    private void failed(Throwable failure) {
      failures++;
      if (failures == 1) {
        onFirstFailure.accept(failure);
      }
      Duration delay = retry.delay(failures, random.getAsDouble(), failure);
      waited = waited.plus(delay);
      if (WriteRetry.isPassing(failure) && waited.compareTo(retry.giveUpAfter()) <= 0) {
        timer.accept(delay, this::attempt);
      } else {
        result.completeExceptionally(failure);
      }
    }
  }
}
