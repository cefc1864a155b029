// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** The clock of an emulator, which may be set wrong for a while. */
final class JumpingClock extends Clock {

  private final Clock right;

  /** Those that are not over; replaced, and never changed. */
  private volatile Set<Jump> jumps = Set.of();

  JumpingClock(Clock right) {
    this.right = right;
  }

  /** Jumps, and jumps back when the handle is cancelled; the one hit is the jump itself. */
  FaultHandle jump(Duration by) {
    Jump jump = new Jump(by);
    change(open -> open.add(jump));
    return new FaultHandle(() -> 1, () -> change(open -> open.remove(jump)));
  }

  /** Remembers the jumps that are not over; what it returns takes back all others. */
  Runnable remember() {
    Set<Jump> before = jumps;
    return () -> change(open -> open.retainAll(before));
  }

  private synchronized void change(Consumer<Set<Jump>> change) {
    Set<Jump> open = new HashSet<>(jumps);
    change.accept(open);
    jumps = Set.copyOf(open);
  }

  /** Not a record: two jumps of the same length are two. */
  private static final class Jump {
    private final Duration by;

    Jump(Duration by) {
      this.by = by;
    }
  }

  @Override
  public Instant instant() {
    Instant shown = right.instant();
    for (Jump jump : jumps) {
      shown = shown.plus(jump.by);
    }
    return shown;
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
