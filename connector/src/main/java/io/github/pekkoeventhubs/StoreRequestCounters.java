// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.blob.BlobProblem;
import io.github.pekkoeventhubs.blob.BlobRequestException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.annotation.InternalApi;

/** Counts the requests of one stream to its store. Thread-safe. */
@InternalApi
public final class StoreRequestCounters {

  /** Filled once, and read by all threads. */
  private final Map<StoreOperation, Map<StoreAnswer, LongAdder>> counts =
      new EnumMap<>(StoreOperation.class);

  /** Nothing has been asked yet. */
  public StoreRequestCounters() {
    for (StoreOperation operation : StoreOperation.values()) {
      Map<StoreAnswer, LongAdder> byAnswer = new EnumMap<>(StoreAnswer.class);
      for (StoreAnswer answer : StoreAnswer.values()) {
        byAnswer.put(answer, new LongAdder());
      }
      counts.put(operation, byAnswer);
    }
  }

  /** A request was answered, or the store has said that a thing is not there. */
  public void answered(StoreOperation operation, StoreAnswer answer) {
    Objects.requireNonNull(Objects.requireNonNull(counts.get(operation)).get(answer)).increment();
  }

  /** A request has failed. */
  public void failed(StoreOperation operation, Throwable failure) {
    answered(operation, answerOf(failure));
  }

  /** All that was counted so far. */
  public StoreRequests requests() {
    Map<StoreOperation, Map<StoreAnswer, Long>> byOperation = new EnumMap<>(StoreOperation.class);
    counts.forEach(
        (operation, answers) -> {
          Map<StoreAnswer, Long> byAnswer = new EnumMap<>(StoreAnswer.class);
          answers.forEach(
              (answer, count) -> {
                if (count.sum() > 0) {
                  byAnswer.put(answer, count.sum());
                }
              });
          if (!byAnswer.isEmpty()) {
            byOperation.put(operation, byAnswer);
          }
        });
    return new StoreRequests(byOperation);
  }

  /** The meaning of a failure: of our own store exactly, of others by what they tell. */
  private static StoreAnswer answerOf(Throwable failure) {
    BlobProblem problem =
        failure.getCause() instanceof BlobRequestException request ? request.problem() : null;
    if (problem == BlobProblem.THROTTLED) {
      return StoreAnswer.THROTTLED;
    }
    if (problem == BlobProblem.SILENT
        || failure instanceof TimeoutException
        || failure.getCause() instanceof TimeoutException) {
      return StoreAnswer.TIMED_OUT;
    }
    return failure instanceof EventHubsException known && !known.isTransient()
        ? StoreAnswer.REFUSED
        : StoreAnswer.FAILED;
  }
}
