// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Measures several contenders in turn, in another order each round, which is the same in each run.
 * So a disturbance of the machine affects all of them. And no contender always follows the same
 * other one, whose work may still go on in the background.
 */
public final class Interleaving {

  /** Measures a contender once. */
  public interface Measurement<C> {
    double of(C contender) throws Exception;
  }

  private Interleaving() {}

  /**
   * @param warmUps rounds before those that count
   * @param rounds those that count
   */
  public static <C> Rounds<C> measure(
      List<C> contenders, int warmUps, int rounds, Measurement<C> measurement) throws Exception {
    Rounds<C> measured = new Rounds<>(contenders, rounds);
    List<C> order = new ArrayList<>(contenders);
    Random random = new Random(contenders.size());
    for (int round = -warmUps; round < rounds; round++) {
      Collections.shuffle(order, random);
      for (C contender : order) {
        double value = measurement.of(contender);
        if (round >= 0) {
          measured.record(contender, round, value);
        }
      }
    }
    return measured;
  }
}
