// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time for which the service has asked to be left alone. It asks this in the answer to one
 * request, and it holds for all of them, whatever partition they are for. Any thread.
 */
final class QuietTime {

  /** Claims are renewed once a minute: an answer of something in between must not end them all. */
  static final Duration LONGEST = Duration.ofSeconds(20);

  private final LongSupplier nanoTime;
  private final AtomicLong until;

  QuietTime(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.until = new AtomicLong(nanoTime.getAsLong());
  }

  /** Whatever is asked for, up to {@link #LONGEST}. */
  static Duration granted(Duration wait) {
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }

  /** The service asks for this much time, of which no more than {@link #LONGEST} is granted. */
  void ask(Duration wait) {
    long wanted = nanoTime.getAsLong() + granted(wait).toNanos();
    until.accumulateAndGet(wanted, (one, other) -> one - other > 0 ? one : other);
  }

  /** How much of the time is left; empty if requests may be sent. */
  Optional<Duration> left() {
    long nanos = until.get() - nanoTime.getAsLong();
    return nanos > 0 ? Optional.of(Duration.ofNanos(nanos)) : Optional.empty();
  }
}
