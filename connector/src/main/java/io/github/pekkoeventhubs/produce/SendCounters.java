// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.DurationRecorder;
import io.github.pekkoeventhubs.ProducerStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts the attempts of one producer to send a batch. Thread-safe. */
final class SendCounters {

  private final LongSupplier nanoTime;
  private final Map<Object, Long> underWay = new ConcurrentHashMap<>();
  private final LongAdder events = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final DurationRecorder times = new DurationRecorder();
  private final DurationRecorder failureTimes = new DurationRecorder();

  SendCounters(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * An attempt begins.
   *
   * @param again whether the batch has been sent before
   * @return names the attempt
   */
  Object begins(boolean again) {
    Object attempt = new Object();
    underWay.put(attempt, nanoTime.getAsLong());
    if (again) {
      retries.increment();
    }
    return attempt;
  }

  /** An attempt is over; its events and bytes count if it was acknowledged. */
  void ends(Object attempt, boolean acknowledged, long eventsOfBatch, long bytesOfBatch) {
    Long since = underWay.remove(attempt);
    if (since != null) {
      (acknowledged ? times : failureTimes).took(nanoTime.getAsLong() - since);
    }
    if (acknowledged) {
      batches.increment();
      events.add(eventsOfBatch);
      bytes.add(bytesOfBatch);
    } else {
      failures.increment();
    }
  }

  /** An attempt has failed since there was no link to send a batch over, or no answer before. */
  void endsBeforeABatch() {
    failures.increment();
  }

  ProducerStatus status(String id, String namespace, String eventHub) {
    long now = nanoTime.getAsLong();
    Optional<Duration> oldest =
        underWay.values().stream()
            .map(since -> Duration.ofNanos(Math.max(0, now - since)))
            .reduce((one, other) -> one.compareTo(other) > 0 ? one : other);
    return new ProducerStatus(
        id,
        namespace,
        eventHub,
        underWay.size(),
        oldest,
        events.sum(),
        batches.sum(),
        bytes.sum(),
        retries.sum(),
        failures.sum(),
        times.distribution(),
        failureTimes.distribution());
  }
}
