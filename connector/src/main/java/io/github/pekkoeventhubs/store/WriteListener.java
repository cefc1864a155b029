// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import java.time.Duration;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** Is told how the writes of a {@link PartitionCheckpointer} go. Nothing is called under a lock. */
@InternalApi
public interface WriteListener {

  /** A write has found that the claim is gone. Called at most once. */
  void lost();

  /** An attempt to write has failed, whether or not another one follows. */
  void failed(Throwable cause);

  /** A write has succeeded after a failed attempt. */
  void worksAgain();

  /**
   * An attempt to write is over, before what becomes of it is told.
   *
   * @param outcome null if it has failed
   * @param conflicts how often the store has refused a write so far
   * @param coalesced how many positions so far needed no write of their own: that of another one
   *     stored them too
   */
  default void attempted(
      Duration time, @Nullable WriteOutcome outcome, long conflicts, long coalesced) {}
}
