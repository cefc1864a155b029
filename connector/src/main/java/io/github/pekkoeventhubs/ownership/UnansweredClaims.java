// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.ClaimRelease;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The claims that an owner has sent and whose answers it has not taken. An owner may end before the
 * answer comes. Then nobody knows of the claim, which would keep others waiting until it expires.
 * For the owner's thread alone.
 */
final class UnansweredClaims {

  private record Sent(ClaimRelease releases, CompletionStage<ClaimOutcome> answer) {

    boolean hasFailed() {
      return answer.toCompletableFuture().isCompletedExceptionally();
    }

    void giveBack() {
      answer.thenAccept(outcome -> UnansweredClaims.giveBack(releases, outcome));
    }
  }

  private final Map<Long, Sent> claims = new HashMap<>();

  /** A claim was sent. */
  void sent(long operation, ClaimRelease releases, CompletionStage<ClaimOutcome> answer) {
    claims.values().removeIf(Sent::hasFailed);
    claims.put(operation, new Sent(releases, answer));
  }

  /** The owner takes the answer. */
  void answered(long operation) {
    claims.remove(operation);
  }

  /** The owner has ended: whatever is answered from now on is given back. */
  void giveBackAll() {
    claims.values().forEach(Sent::giveBack);
    claims.clear();
  }

  /** Gives back a claim that nobody waits for. */
  static void giveBack(ClaimRelease releases, ClaimOutcome outcome) {
    if (outcome instanceof ClaimOutcome.Held held) {
      releases.release(held.claim());
    }
  }
}
