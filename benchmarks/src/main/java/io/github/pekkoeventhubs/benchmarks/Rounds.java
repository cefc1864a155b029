// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The results of several contenders: a value for each round, in the order of the rounds.
 *
 * @param <C> contenders
 */
public final class Rounds<C> {

  private final Map<C, double[]> values = new LinkedHashMap<>();

  Rounds(List<C> contenders, int rounds) {
    contenders.forEach(contender -> values.put(contender, new double[rounds]));
  }

  void record(C contender, int round, double value) {
    of(contender)[round] = value;
  }

  /**
   * The values of one of them.
   *
   * @throws IllegalArgumentException if it has not taken part
   */
  public double[] of(C contender) {
    double[] found = values.get(contender);
    if (found == null) {
      throw new IllegalArgumentException(contender + " was not measured");
    }
    return found;
  }

  /** Whether it has taken part. */
  public boolean has(C contender) {
    return values.containsKey(contender);
  }

  /** Those of all, in the order in which the contenders were given. */
  public void forEach(BiConsumer<? super C, double[]> action) {
    values.forEach(action);
  }
}
