// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The time between two looks. */
final class Pause {

  private Pause() {}

  /** Waits; always true, so that it reads as the condition of a loop. */
  static boolean of(Duration time) throws InterruptedException {
    return !new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
  }
}
