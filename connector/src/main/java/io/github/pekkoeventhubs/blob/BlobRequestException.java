// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** A request to the blob service that has neither succeeded nor been refused by its condition. */
@InternalApi
public final class BlobRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final BlobProblem problem;
  private final @Nullable Duration retryAfter;

  BlobRequestException(BlobProblem problem, String detail, @Nullable Throwable cause) {
    this(new BlobAnswer.Failed(problem), detail, cause);
  }

  BlobRequestException(BlobAnswer.Failed answer, String detail, @Nullable Throwable cause) {
    super(detail, cause);
    this.problem = answer.problem();
    this.retryAfter = answer.retryAfter().orElse(null);
  }

  /** The reason why the request is not answered. */
  public BlobProblem problem() {
    return problem;
  }

  /** The service's status and error code, or what has become of the request on its way. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /** How long the service asks to be left alone, if it does. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
