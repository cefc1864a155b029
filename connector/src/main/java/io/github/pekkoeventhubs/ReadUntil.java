// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Where reading ends: a stream of {@link Subscription#until} completes when every partition has
 * been read to there. A stream whose end cannot be found out fails, instead of reading on.
 * Immutable.
 */
public sealed interface ReadUntil {

  /**
   * The events that are there when the stream starts: the last one of each partition, as the
   * service tells it then. A partition without events has nothing to read.
   */
  static ReadUntil now() {
    return new Now();
  }

  /**
   * The events that were enqueued until this time, by the service's clock. Where it lies in the
   * future, the stream goes on until this machine's clock has reached it and then asks the service
   * for the last events: an event counts only if it has been enqueued by then.
   */
  static ReadUntil time(Instant time) {
    return new Time(Objects.requireNonNull(time, "time"), Clock.systemUTC());
  }

  /**
   * The events up to these numbers, inclusive. Waits for events that are not there yet.
   *
   * @param sequenceNumbers of the last event to read, by partition id; for every partition of the
   *     subscription
   */
  static ReadUntil sequenceNumbers(Map<String, Long> sequenceNumbers) {
    return new SequenceNumbers(sequenceNumbers);
  }

  /**
   * One method for each kind of end.
   *
   * @param <R> the result
   */
  interface Visitor<R> {
    /** See {@link ReadUntil#now()}. */
    R now();

    /**
     * See {@link ReadUntil#time(Instant)}.
     *
     * @param passed whether this machine's clock has reached it
     */
    R time(Instant time, boolean passed);

    /** See {@link ReadUntil#sequenceNumbers(Map)}. */
    R sequenceNumbers(Map<String, Long> sequenceNumbers);
  }

  /** Calls what belongs to this kind. */
  <R> R accept(Visitor<R> visitor);

  /** See {@link ReadUntil#now()}. */
  record Now() implements ReadUntil {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.now();
    }
  }

  /**
   * See {@link ReadUntil#time(Instant)}.
   *
   * @param time the end
   * @param clock tells whether it has come
   */
  record Time(Instant time, Clock clock) implements ReadUntil {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.time(time, !clock.instant().isBefore(time));
    }

    @Override
    public String toString() {
      return "Time[" + time + "]";
    }
  }

  /**
   * See {@link ReadUntil#sequenceNumbers(Map)}.
   *
   * @param numbers by partition id
   */
  record SequenceNumbers(Map<String, Long> numbers) implements ReadUntil {
    /** Copies. */
    public SequenceNumbers {
      numbers = Map.copyOf(numbers);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.sequenceNumbers(numbers);
    }
  }
}
