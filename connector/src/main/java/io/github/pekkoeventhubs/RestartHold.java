// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * Keeps the partitions of a source that has failed for the incarnation that follows it, for {@code
 * restart-hold} at most. A {@code Consumer.RestartingControl} calls it.
 *
 * <p>Thread-safe. Nothing here blocks, throws or fails.
 */
public interface RestartHold {

  /** From now on, a failure of the source leaves its partitions here until {@link #end}. */
  void keepAfterFailure();

  /** Gives up what is kept, at once, and keeps nothing after a later failure. */
  void end();

  /**
   * Completes when this source takes part in the placement of partitions, or has ended without:
   * from then on nothing needs to be kept for it.
   */
  CompletionStage<Done> whenTakenOver();
}
