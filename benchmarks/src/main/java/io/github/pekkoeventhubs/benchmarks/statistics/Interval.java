// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.statistics;

/** From {@code low} to {@code high}, both included. */
public record Interval(double low, double high) {

  /**
   * @throws IllegalArgumentException if the bounds are in the wrong order, or not numbers
   */
  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException("no interval goes from " + low + " to " + high);
    }
  }
}
