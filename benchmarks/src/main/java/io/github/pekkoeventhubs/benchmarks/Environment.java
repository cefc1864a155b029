// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import java.nio.file.Path;
import org.apache.pekko.actor.ActorSystem;

/**
 * The environment in which scenarios run.
 *
 * @param services empty at the beginning; a scenario leaves nothing behind that costs time
 * @param folder the folder for results and logs
 * @param quick whether a rough answer in a short time is wanted, on whatever machine
 */
public record Environment(
    ActorSystem system, ServicesProcess services, Path folder, boolean quick) {

  private static final int ROUNDS = 15;
  private static final int QUICK_ROUNDS = 3;

  /** How many pairs a ratio is made of. */
  public int rounds() {
    return quick ? QUICK_ROUNDS : ROUNDS;
  }

  /**
   * The number of rounds before those that count; a slow round after them does not change the
   * median much.
   */
  public int warmUps() {
    return 1;
  }

  /** A number of events, or fewer for a quick run. */
  public int scaled(int events) {
    return quick ? events / 3 : events;
  }
}
