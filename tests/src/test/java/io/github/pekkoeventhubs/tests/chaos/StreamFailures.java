// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.DisturbanceKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The failures of the streams of a run. A stream may fail only because the store has refused a
 * request as if for good, by the name of that refusal, and once for each such answer. What passes
 * fails no stream. A stream that is started again while its node is already shutting down ends with
 * the actor system, which is no failure of the stream.
 *
 * @param failures the failures of all nodes, in words
 * @param hits the answers that were given
 * @param frozen the names of the nodes that stood still for a while
 */
record StreamFailures(List<String> failures, FaultHits hits, Set<String> frozen) {

  private static final String ENDED_WITH_ITS_NODE = "AbruptStageTerminationException";

  /** The validity of a claim has passed since the first attempt of a write. */
  private static final String TIME_IS_UP = "could not be written for";

  StreamFailures {
    failures = failures.stream().filter(text -> !text.contains(ENDED_WITH_ITS_NODE)).toList();
  }

  /** How many have the reason that is documented. */
  long byName() {
    return (long) failures.size() - withoutReason().size();
  }

  /** The others. */
  List<String> withoutReason() {
    return failures.stream()
        .filter(failure -> !hasStoodStill(failure))
        .filter(
            failure ->
                Arrays.stream(DisturbanceKind.values()).noneMatch(kind -> kind.isReasonOf(failure)))
        .toList();
  }

  /**
   * Whether a checkpoint was on its way while the node was frozen: when it wakes, the time for that
   * write is up, before the node finds that it has lost its claim.
   */
  private boolean hasStoodStill(String failure) {
    return failure.contains(TIME_IS_UP)
        && frozen.stream().anyMatch(node -> failure.startsWith(node + ": "));
  }

  /** Failures that must not be, in words. */
  List<String> violations() {
    List<String> violations = new ArrayList<>();
    withoutReason().forEach(failure -> violations.add("a stream has failed: " + failure));
    for (DisturbanceKind kind : DisturbanceKind.values()) {
      long failed = failures.stream().filter(kind::isReasonOf).count();
      if (failed > hits.of(kind)) {
        violations.add(
            failed + " streams have failed because of " + hits.of(kind) + " answers of " + kind);
      }
    }
    return violations;
  }
}
