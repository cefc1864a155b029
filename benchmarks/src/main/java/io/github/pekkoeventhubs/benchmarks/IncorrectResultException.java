// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

/** The measured program has given a wrong result, such as a wrong count or a missing checkpoint. */
public final class IncorrectResultException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public IncorrectResultException(String message) {
    super(message);
  }

  public IncorrectResultException(String message, Throwable cause) {
    super(message, cause);
  }
}
