// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * Offsets of any number of partitions, to be committed together. Immutable, and safe for all
 * threads: each update returns a new batch. Nothing here fails.
 *
 * <p>For each partition the batch keeps the offset with the highest sequence number, in whatever
 * order offsets were added. Offsets of a newer epoch of ownership replace those of an older one.
 * Offsets with unordered acknowledgement, and parts of split offsets, are all kept.
 */
public final class CommittableOffsetBatch implements Committable {

  private static final CommittableOffsetBatch EMPTY =
      new CommittableOffsetBatch(new CommittableOffset[0], null, 0);

  /** For each partition, the highest of the offsets that also acknowledge all earlier ones. */
  private final CommittableOffset[] highest;

  private final @Nullable Alone alone;
  private final long batchSize;

  /** An offset that acknowledges one event only, linked to those added before it. */
  private record Alone(CommittableOffset offset, @Nullable Alone earlier) {}

  private CommittableOffsetBatch(
      CommittableOffset[] highest, @Nullable Alone alone, long batchSize) {
    this.highest = highest;
    this.alone = alone;
    this.batchSize = batchSize;
  }

  /** The batch without offsets. */
  public static CommittableOffsetBatch empty() {
    return EMPTY;
  }

  /** A batch of all the given committables. */
  public static CommittableOffsetBatch of(Iterable<? extends Committable> committables) {
    CommittableOffsetBatch batch = EMPTY;
    for (Committable committable : committables) {
      batch = batch.updated(committable);
    }
    return batch;
  }

  /** A batch of one offset that stands for this many events, in whatever order they came. */
  @InternalApi
  public static CommittableOffsetBatch standingFor(CommittableOffset highest, long events) {
    return new CommittableOffsetBatch(new CommittableOffset[] {highest}, null, events);
  }

  /** This batch with an offset, or with all the offsets of a batch, added. */
  public CommittableOffsetBatch updated(Committable committable) {
    if (committable instanceof CommittableOffset offset) {
      return offset.countsAlone()
          ? new CommittableOffsetBatch(highest, new Alone(offset, alone), batchSize + 1)
          : new CommittableOffsetBatch(withHighest(highest, offset), alone, batchSize + 1);
    }
    CommittableOffsetBatch other = (CommittableOffsetBatch) committable;
    CommittableOffset[] merged = highest;
    for (CommittableOffset offset : other.highest) {
      merged = withHighest(merged, offset);
    }
    Alone mergedAlone = alone;
    for (CommittableOffset offset : other.aloneInOrder()) {
      mergedAlone = new Alone(offset, mergedAlone);
    }
    return new CommittableOffsetBatch(merged, mergedAlone, batchSize + other.batchSize);
  }

  private static CommittableOffset[] withHighest(
      CommittableOffset[] offsets, CommittableOffset added) {
    for (int i = 0; i < offsets.length; i++) {
      CommittableOffset present = offsets[i];
      if (present.epoch() == added.epoch() || present.partition().equals(added.partition())) {
        if (!supersedes(added, present)) {
          return offsets;
        }
        CommittableOffset[] replaced = offsets.clone();
        replaced[i] = added;
        return replaced;
      }
    }
    CommittableOffset[] longer = Arrays.copyOf(offsets, offsets.length + 1);
    longer[offsets.length] = added;
    return longer;
  }

  private static boolean supersedes(CommittableOffset added, CommittableOffset present) {
    long addedEpoch = added.epoch().number();
    long presentEpoch = present.epoch().number();
    return addedEpoch > presentEpoch
        || (addedEpoch == presentEpoch && added.sequenceNumber() > present.sequenceNumber());
  }

  private List<CommittableOffset> aloneInOrder() {
    List<CommittableOffset> offsets = new ArrayList<>();
    for (Alone link = alone; link != null; link = link.earlier()) {
      offsets.add(link.offset());
    }
    Collections.reverse(offsets);
    return offsets;
  }

  /** The offsets in this batch: per partition the highest, and all those that count alone. */
  public List<CommittableOffset> offsets() {
    if (alone == null) {
      return List.of(highest);
    }
    List<CommittableOffset> offsets = new ArrayList<>(Arrays.asList(highest));
    offsets.addAll(aloneInOrder());
    Map<EventHubPartition, Long> newestEpochs = new HashMap<>();
    for (CommittableOffset offset : offsets) {
      newestEpochs.merge(offset.partition(), offset.epoch().number(), Math::max);
    }
    offsets.removeIf(
        offset -> offset.epoch().number() < newestEpochs.getOrDefault(offset.partition(), 0L));
    return List.copyOf(offsets);
  }

  /** Whether nothing has been added yet. */
  public boolean isEmpty() {
    return highest.length == 0 && alone == null;
  }

  /** The number of updates that made this batch. */
  @Override
  public long batchSize() {
    return batchSize;
  }

  @Override
  public String toString() {
    return "CommittableOffsetBatch(" + batchSize + " events, " + offsets() + ")";
  }
}
