// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How often the partitions of one stream have come and gone since it started, all of them together:
 * a partition that is not the stream's any more counts here all the same. Immutable, and safe for
 * all threads; nothing here fails.
 *
 * @param assigned how often a partition began to be read
 * @param handedOver how often one was given up in an orderly way
 * @param losses how often one was lost without a hand-over, by the reason
 * @param handOverTimes how long the hand-overs took, each from the decision to hand over until the
 *     partition was released
 * @param repeated events that the next owners will emit again, as far as it was known here when the
 *     partitions went
 */
public record PartitionMoves(
    long assigned,
    long handedOver,
    Map<LossReason, Long> losses,
    DurationDistribution handOverTimes,
    long repeated) {

  /** Before anything has moved. */
  public static final PartitionMoves NONE =
      new PartitionMoves(0, 0, Map.of(), DurationDistribution.NONE, 0);

  /** With a map of its own. */
  public PartitionMoves {
    Map<LossReason, Long> copy = new EnumMap<>(LossReason.class);
    copy.putAll(losses);
    losses = Collections.unmodifiableMap(copy);
  }

  /** How often a partition was lost without a hand-over, for whatever reason. */
  public long lost() {
    return losses.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How often one was lost for this reason. */
  public long lost(LossReason reason) {
    return losses.getOrDefault(reason, 0L);
  }

  /** Both together. */
  public PartitionMoves plus(PartitionMoves other) {
    Map<LossReason, Long> together = new EnumMap<>(LossReason.class);
    together.putAll(losses);
    other.losses.forEach((reason, count) -> together.merge(reason, count, Long::sum));
    return new PartitionMoves(
        assigned + other.assigned,
        handedOver + other.handedOver,
        together,
        handOverTimes.plus(other.handOverTimes),
        repeated + other.repeated);
  }
}
