// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import org.jspecify.annotations.Nullable;

/**
 * Several calls of a registry. Each of them is made although another one has failed, and the first
 * failure is thrown at the end. For one thread.
 */
final class Attempts {

  private @Nullable RuntimeException failure;

  /** Makes a call. */
  void attempt(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      if (failure == null) {
        failure = e;
      }
    }
  }

  /**
   * Ends the calls.
   *
   * @throws RuntimeException the failure of the first call that has failed
   */
  void end() {
    if (failure != null) {
      throw failure;
    }
  }
}
