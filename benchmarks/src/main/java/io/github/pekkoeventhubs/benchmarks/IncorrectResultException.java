// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

/** What was measured has not done what it should: a wrong count, a missing checkpoint. */
public final class IncorrectResultException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public IncorrectResultException(String message) {
    super(message);
  }
}
