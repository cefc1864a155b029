// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import java.time.Duration;

/**
 * For how long nothing has happened, counted in pauses of the waiting thread: on a busy machine,
 * where the stream gets less time, they take longer. For one thread.
 */
final class Quiet {

  private final Duration pause;
  private int seen = -1;
  private long pauses;

  /**
   * @param pause between two questions
   */
  Quiet(Duration pause) {
    this.pause = pause;
  }

  /**
   * Whether nothing has happened for longer than this time.
   *
   * @param progress another number if anything has happened
   */
  boolean lasts(int progress, Duration time) {
    pauses = progress == seen ? pauses + 1 : 0;
    seen = progress;
    return pause.multipliedBy(pauses).compareTo(time) > 0;
  }
}
