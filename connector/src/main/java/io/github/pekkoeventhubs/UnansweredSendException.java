// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/**
 * It is not known whether the service has stored a batch on an ordered route, and {@code unanswered
 * = fail} keeps it from being sent again. Some or all of its events may be stored, now or a little
 * later. Sending them again is safe only if repetitions are; reading the end of the partition shows
 * what has arrived.
 */
public final class UnansweredSendException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /**
   * With what was attempted, for the beginning of a sentence, and how it ended.
   *
   * @param cause what the attempt failed with
   */
  public UnansweredSendException(String attempted, @Nullable Throwable cause) {
    super(
        attempted
            + " had no clear answer ("
            + (cause == null ? "none" : StageFailure.inWords(cause))
            + "), so that its events may or may not be stored. With unanswered = fail they are not"
            + " sent again; look at the partition, or use unanswered = retry.",
        cause);
  }

  /** False: a stream that is restarted by itself would send the events again. */
  @Override
  public boolean isTransient() {
    return false;
  }
}
