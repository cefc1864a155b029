// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.chaos.Trend.Point;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a node must not hold more and more of, and by how much it may seem to grow. Pools grow and
 * shrink by a few, and a collection leaves now this and now that.
 */
enum HeldResource {
  HEAP(3 << 20, 1_000),
  THREADS(6, 0),
  OPEN_FILES(6, 0),
  SOCKETS(6, 0),
  CONNECTIONS(3, 0),
  /** Those of partitions that the node runs are as many as the partitions; no others may come. */
  SERIES(3, 0);

  private final long uncertain;
  private final long perSecond;

  HeldResource(long uncertain, long perSecond) {
    this.uncertain = uncertain;
    this.perSecond = perSecond;
  }

  long of(SoakSample sample) {
    return switch (this) {
      case HEAP -> sample.resources().heapBytes();
      case THREADS -> sample.resources().threads();
      case OPEN_FILES -> sample.resources().openFiles();
      case SOCKETS -> sample.resources().sockets();
      case CONNECTIONS -> sample.connections();
      case SERIES -> sample.resources().seriesOfOthers();
    };
  }

  /**
   * By how much it has grown, from soon after the first of these samples to soon before the last.
   */
  double growth(List<SoakSample> samples) {
    return Trend.growth(samples.stream().map(it -> new Point(it.at(), of(it))).toList());
  }

  /** By how much it may seem to grow within a time. */
  double bound(Duration time) {
    return uncertain + perSecond * (time.toMillis() / 1e3);
  }

  /** What is wrong with the samples of a node, where it has grown by more. */
  Optional<String> violation(String node, List<SoakSample> samples) {
    Duration time = samples.get(samples.size() - 1).at().minus(samples.get(0).at());
    double growth = growth(samples);
    return growth <= bound(time)
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%s: %s have grown by %.0f within %d s, and may by %.0f",
                node,
                words(),
                growth,
                time.toSeconds(),
                bound(time)));
  }

  /** Its name in a sentence. */
  String words() {
    return this == HEAP ? "bytes of heap" : name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Its name in a figure. */
  String figure() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
