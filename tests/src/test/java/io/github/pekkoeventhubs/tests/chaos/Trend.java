// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How a value that goes up and down grows. Faults raise a count for a while, and only a leak raises
 * what it falls back to: so the trend is that of the lowest values of successive parts of the time.
 */
final class Trend {

  /** One value at a time after the beginning. */
  record Point(Duration at, long value) {}

  private static final int PARTS = 9;
  private static final int POINTS_PER_PART = 4;

  private Trend() {}

  /**
   * By how much it has grown from the first part to the last one: the median of the slopes between
   * any two parts, so that one part alone cannot decide, times the time between them.
   *
   * @param points in the order of their times
   * @throws IllegalArgumentException if there are too few of them for two parts
   */
  static double growth(List<Point> points) {
    int parts = Math.min(PARTS, points.size() / POINTS_PER_PART);
    if (parts < 2) {
      throw new IllegalArgumentException(
          points.size() + " values are too few; " + 2 * POINTS_PER_PART + " are needed");
    }
    List<Point> floors = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      floors.add(
          floor(points.subList(part * points.size() / parts, (part + 1) * points.size() / parts)));
    }
    double seconds = seconds(floors.get(0), floors.get(parts - 1));
    return medianSlope(floors) * seconds;
  }

  /** The lowest value, at the middle of the time. */
  private static Point floor(List<Point> part) {
    Duration first = part.get(0).at();
    Duration last = part.get(part.size() - 1).at();
    long lowest =
        part.stream().flatMapToLong(point -> LongStream.of(point.value())).min().orElse(0);
    return new Point(first.plus(last).dividedBy(2), lowest);
  }

  private static double medianSlope(List<Point> floors) {
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < floors.size(); i++) {
      for (int j = i + 1; j < floors.size(); j++) {
        slopes.add(
            (floors.get(j).value() - floors.get(i).value())
                / seconds(floors.get(i), floors.get(j)));
      }
    }
    slopes.sort(Double::compare);
    int middle = slopes.size() / 2;
    return slopes.size() % 2 == 1
        ? slopes.get(middle)
        : (slopes.get(middle - 1) + slopes.get(middle)) / 2;
  }

  private static double seconds(Point from, Point to) {
    return to.at().minus(from.at()).toNanos() / 1e9;
  }
}
