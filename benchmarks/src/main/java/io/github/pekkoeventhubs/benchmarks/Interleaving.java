// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

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
   * @param name the contender's, for the failure of a round
   * @param warmUps rounds before those that count
   * @param rounds those that count
   * @throws IncorrectResultException if a round fails, or comes to no end
   */
  public static <C> Rounds<C> measure(
      List<C> contenders,
      Function<? super C, String> name,
      int warmUps,
      int rounds,
      Measurement<C> measurement)
      throws InterruptedException {
    Rounds<C> measured = new Rounds<>(contenders, rounds);
    List<C> order = new ArrayList<>(contenders);
    Random random = new Random(contenders.size());
    for (int round = -warmUps; round < rounds; round++) {
      Collections.shuffle(order, random);
      for (C contender : order) {
        double value = measured(measurement, contender, name, round);
        if (round >= 0) {
          measured.record(contender, round, value);
        }
      }
    }
    return measured;
  }

  private static <C> double measured(
      Measurement<C> measurement, C contender, Function<? super C, String> name, int round)
      throws InterruptedException {
    try {
      return measurement.of(contender);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IncorrectResultException(
          (round < 0 ? "a round before those that count" : "round " + (round + 1))
              + " of '"
              + name.apply(contender)
              + "' has failed: "
              + (e instanceof IncorrectResultException ? e.getMessage() : e),
          e);
    }
  }
}
