// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.RestartHold;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** The hold of a source that owns no partition: it can be attached to a restarting control. */
final class NothingToHold implements RestartHold {

  @Override
  public void keepAfterFailure() {}

  @Override
  public void end() {}

  @Override
  public CompletionStage<Done> whenTakenOver() {
    return CompletableFuture.completedStage(Done.getInstance());
  }
}
