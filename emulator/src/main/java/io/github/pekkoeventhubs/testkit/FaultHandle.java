// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.util.function.LongSupplier;

/** A fault that was asked for. Safe to use from any thread. */
public final class FaultHandle implements AutoCloseable {
  private final LongSupplier hits;
  private final Runnable cancel;

  /**
   * For faults of other services than the emulators.
   *
   * @param hits how often it has hit so far
   * @param cancel ends it; has to be harmless when called again
   */
  public FaultHandle(LongSupplier hits, Runnable cancel) {
    this.hits = hits;
    this.cancel = cancel;
  }

  /**
   * Returns the number of hits so far; the method of the fault says what counts: connections,
   * links, attaches or sends.
   */
  public long hits() {
    return hits.getAsLong();
  }

  /** Ends the fault; does nothing if it is over. */
  public void cancel() {
    cancel.run();
  }

  /** The same as {@link #cancel()}. */
  @Override
  public void close() {
    cancel();
  }
}
