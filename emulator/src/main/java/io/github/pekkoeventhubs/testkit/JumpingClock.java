// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicBoolean;

/** The clock of an emulator, which may be set wrong for a while. */
final class JumpingClock extends Clock {

  private final Clock right;
  private volatile Duration error = Duration.ZERO;

  JumpingClock(Clock right) {
    this.right = right;
  }

  /** Jumps, and jumps back when the handle is cancelled; the one hit is the jump itself. */
  FaultHandle jump(Duration by) {
    add(by);
    AtomicBoolean over = new AtomicBoolean();
    return new FaultHandle(
        () -> 1,
        () -> {
          if (over.compareAndSet(false, true)) {
            add(by.negated());
          }
        });
  }

  private synchronized void add(Duration by) {
    error = error.plus(by);
  }

  @Override
  public Instant instant() {
    return right.instant().plus(error);
  }

  @Override
  public ZoneId getZone() {
    return right.getZone();
  }

  /** The same clock: it only tells instants, which have no zone. */
  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
