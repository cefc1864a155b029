// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What a soak has shown.
 *
 * @param samples of each node that had to live to the end, from the end of the warm-up on
 * @param pauses the longest time in which no event was processed, by partition
 */
record SoakVerdict(Map<String, List<SoakSample>> samples, Map<String, Duration> pauses) {

  /**
   * The longest fault lasts 8 s, is noticed after 2 s more, and may cost the partition its owner,
   * whose claim expires after 11 s.
   */
  static final Duration STALL_BOUND = Duration.ofSeconds(30);

  /** What must not be, in words. */
  List<String> violations() {
    List<String> violations = new ArrayList<>();
    samples.forEach(
        (node, held) -> {
          for (HeldResource resource : HeldResource.values()) {
            resource.violation(node, held).ifPresent(violations::add);
          }
        });
    pauses.forEach(
        (partition, pause) -> {
          if (pause.compareTo(STALL_BOUND) > 0) {
            violations.add("nothing of partition " + partition + " was processed for " + pause);
          }
        });
    return violations;
  }

  /** The growth of the node in which it is largest. */
  double growth(HeldResource resource) {
    return samples.values().stream().mapToDouble(resource::growth).max().orElse(0);
  }

  /** The largest value of any node. */
  long max(HeldResource resource) {
    return samples.values().stream().flatMap(List::stream).mapToLong(resource::of).max().orElse(0);
  }

  Duration longestPause() {
    return pauses.values().stream().max(Comparator.naturalOrder()).orElse(Duration.ZERO);
  }
}
