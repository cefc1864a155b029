// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.blob.BlobProblem;
import io.github.pekkoeventhubs.blob.BlobRequestException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.pekko.annotation.InternalApi;

/** Counts the requests of one stream to its store. Thread-safe. */
@InternalApi
public final class StoreRequestCounters {

  private static final StoreOperation[] OPERATIONS = StoreOperation.values();
  private static final StoreAnswer[] ANSWERS = StoreAnswer.values();

  private final AtomicLongArray counts = new AtomicLongArray(OPERATIONS.length * ANSWERS.length);

  /** A request was answered, or the store has said that a thing is not there. */
  public void answered(StoreOperation operation, StoreAnswer answer) {
    counts.incrementAndGet(operation.ordinal() * ANSWERS.length + answer.ordinal());
  }

  /** A request has failed. */
  public void failed(StoreOperation operation, Throwable failure) {
    answered(operation, answerOf(failure));
  }

  /** All that was counted so far. */
  public StoreRequests requests() {
    Map<StoreOperation, Map<StoreAnswer, Long>> byOperation = new EnumMap<>(StoreOperation.class);
    for (StoreOperation operation : OPERATIONS) {
      Map<StoreAnswer, Long> byAnswer = new EnumMap<>(StoreAnswer.class);
      for (StoreAnswer answer : ANSWERS) {
        long count = counts.get(operation.ordinal() * ANSWERS.length + answer.ordinal());
        if (count > 0) {
          byAnswer.put(answer, count);
        }
      }
      if (!byAnswer.isEmpty()) {
        byOperation.put(operation, byAnswer);
      }
    }
    return new StoreRequests(byOperation);
  }

  /** The meaning of a failure: of our own store exactly, of others by what they tell. */
  private static StoreAnswer answerOf(Throwable failure) {
    if (failure.getCause() instanceof BlobRequestException request) {
      return answerTo(request.problem());
    }
    if (failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException) {
      return StoreAnswer.TIMED_OUT;
    }
    return failure instanceof EventHubsException known && !known.isTransient()
        ? StoreAnswer.REFUSED
        : StoreAnswer.FAILED;
  }

  private static StoreAnswer answerTo(BlobProblem problem) {
    return switch (problem) {
      case THROTTLED -> StoreAnswer.THROTTLED;
      case SILENT -> StoreAnswer.TIMED_OUT;
      case FAILING, NO_TOKEN, UNKNOWN -> StoreAnswer.FAILED;
      case TOKEN_REFUSED,
          NO_CONTAINER,
          CONTAINER_DISABLED,
          INVALID_NAME,
          NOT_AUTHORIZED,
          KEYS_NOT_PERMITTED,
          WRONG_NETWORK,
          ACCOUNT_DISABLED,
          LEASED,
          IMMUTABLE,
          NAME_TAKEN,
          WRONG_BLOB_TYPE,
          ARCHIVED,
          UNKNOWN_VERSION,
          NOT_THE_SERVICE,
          NOT_ACCEPTED ->
          StoreAnswer.REFUSED;
    };
  }
}
