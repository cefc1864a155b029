// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the answers of the service by which a checkpoint lies beyond the end of its partition. The
 * first ones are not believed: an answer may be older than a checkpoint that has just been stored
 * elsewhere. Thread-safe.
 */
final class StartDoubts {

  /** With the growing delay of a fence, this takes three seconds or so. */
  private static final int ANSWERS_TO_BELIEVE = 5;

  private final AtomicInteger answers = new AtomicInteger();

  /**
   * Counts one more such answer.
   *
   * @return whether it makes it certain
   */
  boolean confirmOnce() {
    return answers.incrementAndGet() >= ANSWERS_TO_BELIEVE;
  }

  /** The checkpoint lies within its partition. */
  void end() {
    answers.set(0);
  }

  /** Makes the owner ask again. */
  static ServiceUnavailableException askAgain(EventHubPartition partition, String evidence) {
    return new ServiceUnavailableException(
        partition + ": " + evidence + "; asking again, since the answer may be an old one", null);
  }
}
