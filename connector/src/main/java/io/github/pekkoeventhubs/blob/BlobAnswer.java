// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import java.time.Duration;
import java.util.Optional;

/** The meaning of an answer that is no success. */
sealed interface BlobAnswer {

  /** There is no such blob, in a container that exists. */
  record Absent() implements BlobAnswer {}

  /**
   * The condition of a write was not met: there is a blob already, or its version is another one.
   */
  record Refused() implements BlobAnswer {}

  /**
   * Neither of these: nothing is known of the blob.
   *
   * @param retryAfter how long the service asks to be left alone, if it does
   */
  record Failed(BlobProblem problem, Optional<Duration> retryAfter) implements BlobAnswer {

    Failed(BlobProblem problem) {
      this(problem, Optional.empty());
    }
  }
}
