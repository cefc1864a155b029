// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Wakes a stage that has run out of events: once per burst, not once per event.
 *
 * <p>The stage calls {@link #arm} when it finds nothing and must then look once more. A producer
 * publishes its event first and then calls {@link #signal}. The full fence makes sure that at least
 * one of the two sees the other, since a queue may publish lazily: without it both may miss, and
 * the stream hangs.
 */
final class StageSignal {

  private final Runnable wake;
  private final AtomicBoolean armed = new AtomicBoolean();

  /**
   * @param wake makes the stage look again; called on the producer's thread
   */
  StageSignal(Runnable wake) {
    this.wake = wake;
  }

  /** The stage is about to wait. */
  void arm() {
    armed.set(true);
  }

  /** The stage does not wait after all, or has been woken. */
  void disarm() {
    armed.set(false);
  }

  /** Something has changed that the stage may be waiting for. */
  void signal() {
    VarHandle.fullFence();
    if (armed.get() && armed.compareAndSet(true, false)) {
      wake.run();
    }
  }
}
