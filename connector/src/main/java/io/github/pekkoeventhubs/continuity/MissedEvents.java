// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.annotation.InternalApi;

/**
 * The events of one epoch that the partition no longer had when they were to be read. They are
 * counted where they are found and reported by somebody else, several holes at a time. Thread-safe.
 */
@InternalApi
public final class MissedEvents {

  /**
   * One hole, or several that are reported together.
   *
   * @param first the lowest missing sequence number
   * @param last the highest missing sequence number
   * @param events how many are missing
   */
  @InternalApi
  public record Hole(long first, long last, long events) {

    /** A hole in which every number is missing. */
    public static Hole between(long first, long last) {
      return new Hole(first, last, last - first + 1);
    }

    private Hole with(Hole later) {
      return new Hole(first, later.last, events + later.events);
    }
  }

  private final LongAdder total;
  private final Runnable whenFound;

  // Guarded by this.
  private Optional<Hole> unreported = Optional.empty();

  /**
   * None so far.
   *
   * @param total counts all missed events of the partition
   * @param whenFound called for a hole that is found while none waits to be reported
   */
  public MissedEvents(LongAdder total, Runnable whenFound) {
    this.total = total;
    this.whenFound = whenFound;
  }

  /** These events are missing. */
  public void found(Hole hole) {
    total.add(hole.events());
    boolean isFirst;
    synchronized (this) {
      isFirst = unreported.isEmpty();
      unreported = Optional.of(unreported.map(earlier -> earlier.with(hole)).orElse(hole));
    }
    if (isFirst) {
      whenFound.run();
    }
  }

  /** The holes that were found since this was last called, as one. */
  public synchronized Optional<Hole> take() {
    Optional<Hole> taken = unreported;
    unreported = Optional.empty();
    return taken;
  }
}
