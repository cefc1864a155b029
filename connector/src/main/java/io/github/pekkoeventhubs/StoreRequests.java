// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How often one stream has asked its {@link PartitionStore}, and what became of it. Retries count
 * each. A call that a store makes several requests of counts once. The counts begin with the stream
 * and never go back. Immutable, and safe for all threads; nothing here fails.
 *
 * @param counts by operation and answer; nothing that has not happened is in there
 */
public record StoreRequests(Map<StoreOperation, Map<StoreAnswer, Long>> counts) {

  /** Before the first request. */
  public static final StoreRequests NONE = new StoreRequests(Map.of());

  /** With a map of its own. */
  public StoreRequests {
    Map<StoreOperation, Map<StoreAnswer, Long>> copy = new EnumMap<>(StoreOperation.class);
    counts.forEach((operation, answers) -> copy.put(operation, Map.copyOf(answers)));
    counts = Collections.unmodifiableMap(copy);
  }

  /** How often this operation had this answer. */
  public long count(StoreOperation operation, StoreAnswer answer) {
    return counts.getOrDefault(operation, Map.of()).getOrDefault(answer, 0L);
  }

  /** Both together. */
  public StoreRequests plus(StoreRequests other) {
    Map<StoreOperation, Map<StoreAnswer, Long>> sums = new EnumMap<>(StoreOperation.class);
    for (StoreRequests each : new StoreRequests[] {this, other}) {
      each.counts.forEach(
          (operation, answers) ->
              answers.forEach(
                  (answer, count) ->
                      sums.computeIfAbsent(operation, absent -> new EnumMap<>(StoreAnswer.class))
                          .merge(answer, count, Long::sum)));
    }
    return new StoreRequests(sums);
  }
}
