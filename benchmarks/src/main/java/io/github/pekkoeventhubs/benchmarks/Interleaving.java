// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import java.util.List;

/**
 * Measures several contenders in turn: A B C, B C A, C A B and so on. What disturbs the machine for
 * a while thus disturbs all of them, and none always comes after the same other one.
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
    for (int round = -warmUps; round < rounds; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        C contender = contenders.get(Math.floorMod(round + i, contenders.size()));
        double value = measurement.of(contender);
        if (round >= 0) {
          measured.record(contender, round, value);
        }
      }
    }
    return measured;
  }
}
