// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

/** A promise was not kept. */
final class Violation extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String promise;

  Violation(String promise, String what) {
    super(promise + ": " + what);
    this.promise = promise;
  }

  /** Which one, in a word or two: a story is shrunk as long as the same one is broken. */
  String promise() {
    return promise;
  }
}
