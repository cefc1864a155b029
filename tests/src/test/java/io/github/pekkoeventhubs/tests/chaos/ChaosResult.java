// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The findings of runs, from the logs.
 *
 * @param lost events that nobody has processed
 * @param regressions checkpoints below an earlier one
 * @param staleCommits checkpoints of an owner whose successor had completed its claim
 * @param duplicatesBeyondBound events repeated although they were committed, or more than the
 *     bounds of the settings allow
 * @param duplicates all repeated events
 * @param unownedMax the longest time that a partition had no living owner
 * @param unreadMax the longest time that no event of a partition was processed
 * @param claimsPerMinuteMax the most claims of one partition within a minute
 * @param streamFailures streams that have failed without a lasting refusal of the store, and were
 *     started again
 * @param failuresByName streams that have failed because the store had refused a request as if for
 *     good, as is documented
 * @param faultsHit requests, receivers, connections and nodes that a fault has hit
 * @param kindsHit the names of the kinds of faults of which one has hit something
 * @param violations violated promises, in words
 */
record ChaosResult(
    int runs,
    long lost,
    long regressions,
    long staleCommits,
    long duplicatesBeyondBound,
    long duplicates,
    Duration unownedMax,
    Duration unreadMax,
    long claimsPerMinuteMax,
    long streamFailures,
    long failuresByName,
    long faultsHit,
    Set<String> kindsHit,
    List<String> violations) {

  static final ChaosResult NONE =
      new ChaosResult(
          0, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, Set.of(), List.of());

  ChaosResult and(ChaosResult other) {
    return new ChaosResult(
        runs + other.runs,
        lost + other.lost,
        regressions + other.regressions,
        staleCommits + other.staleCommits,
        duplicatesBeyondBound + other.duplicatesBeyondBound,
        duplicates + other.duplicates,
        longer(unownedMax, other.unownedMax),
        longer(unreadMax, other.unreadMax),
        Math.max(claimsPerMinuteMax, other.claimsPerMinuteMax),
        streamFailures + other.streamFailures,
        failuresByName + other.failuresByName,
        faultsHit + other.faultsHit,
        Stream.of(this, other)
            .map(ChaosResult::kindsHit)
            .flatMap(Set::stream)
            .collect(Collectors.toCollection(TreeSet::new)),
        Stream.of(this, other).map(ChaosResult::violations).flatMap(List::stream).toList());
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
