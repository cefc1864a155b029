// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import java.time.Duration;
import java.util.Optional;

/** The meaning of an answer that is no success. */
sealed interface BlobAnswer {

  /** Calls the method of this kind of answer. */
  <R> R choose(Kinds<R> kinds);

  /** One method for each kind of answer: a kind without one does not compile. */
  interface Kinds<R> {
    R absent();

    R refused();

    R failed(Failed answer);
  }

  /** There is no such blob, in a container that exists. */
  record Absent() implements BlobAnswer {
    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.absent();
    }
  }

  /**
   * The condition of a write was not met: there is a blob already, or its version is another one.
   */
  record Refused() implements BlobAnswer {
    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.refused();
    }
  }

  /**
   * Neither of these: nothing is known of the blob.
   *
   * @param retryAfter how long the service asks to be left alone, if it does
   */
  record Failed(BlobProblem problem, Optional<Duration> retryAfter) implements BlobAnswer {

    Failed(BlobProblem problem) {
      this(problem, Optional.empty());
    }

    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.failed(this);
    }
  }
}
