// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.store.RepeatedWrite;
import java.util.concurrent.CompletionStage;

/**
 * Says what becomes of the releases of an owner, and lets the end of the actor system wait for
 * them. Any thread.
 *
 * @param pending those of the actor system
 */
record ReleaseReport(OwnerLog log, PendingReleases pending) implements RepeatedWrite.Observer {

  @Override
  public void begun(CompletionStage<?> result) {
    pending.add(result);
  }

  @Override
  public void firstAttemptFailed(Throwable failure, boolean isTriedAgain) {
    log.releaseFailed(failure, isTriedAgain);
  }

  @Override
  public void doneAfter(int failures) {
    log.releasedAfter(failures);
  }
}
