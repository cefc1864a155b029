// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
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
  private final RepeatedWrite writes;
  private final RepeatedWrite.Observer observer;

  /**
   * Releases by this protocol.
   *
   * @param giveUpAfter how long a claim lives without a renewal, or for how long somebody waits for
   *     the release
   */
  public ClaimRelease(
      OwnershipProtocol protocol, Duration giveUpAfter, RepeatedWrite.Observer observer) {
    this(protocol, new RepeatedWrite(WriteRetry.during(giveUpAfter)), observer);
  }

  ClaimRelease(OwnershipProtocol protocol, RepeatedWrite writes, RepeatedWrite.Observer observer) {
    this.protocol = protocol;
    this.writes = writes;
    this.observer = observer;
  }

  /**
   * Releases a claim.
   *
   * @return the answer of the attempt that has succeeded, or the failure of the last one
   */
  public CompletionStage<ReleaseOutcome> release(OwnershipClaim claim) {
    return writes.begin(() -> protocol.release(claim), observer);
  }
}
