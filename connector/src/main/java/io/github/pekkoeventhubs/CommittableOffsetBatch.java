// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
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
      new CommittableOffsetBatch(new Highest[0], null, 0);

  /** For each partition, the highest of the offsets that also acknowledge all earlier ones. */
  private final Highest[] highest;

  private final @Nullable Alone alone;
  private final long batchSize;

  /** The highest offset of a partition, and how many updates of its epoch it stands for. */
  private record Highest(CommittableOffset offset, long events) {}

  /** An offset that acknowledges one event only, linked to those added before it. */
  private record Alone(CommittableOffset offset, @Nullable Alone earlier) {}

  private CommittableOffsetBatch(Highest[] highest, @Nullable Alone alone, long batchSize) {
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
    return new CommittableOffsetBatch(new Highest[] {new Highest(highest, events)}, null, events);
  }

  /** This batch with an offset, or with all the offsets of a batch, added. */
  public CommittableOffsetBatch updated(Committable committable) {
    if (committable instanceof CommittableOffset offset) {
      return offset.countsAlone()
          ? new CommittableOffsetBatch(highest, new Alone(offset, alone), batchSize + 1)
          : new CommittableOffsetBatch(withHighest(highest, offset, 1), alone, batchSize + 1);
    }
    CommittableOffsetBatch other = (CommittableOffsetBatch) committable;
    Highest[] merged = highest;
    for (Highest added : other.highest) {
      merged = withHighest(merged, added.offset(), added.events());
    }
    Alone mergedAlone = alone;
    for (CommittableOffset offset : other.aloneInOrder()) {
      mergedAlone = new Alone(offset, mergedAlone);
    }
    return new CommittableOffsetBatch(merged, mergedAlone, batchSize + other.batchSize);
  }

  private static Highest[] withHighest(Highest[] all, CommittableOffset added, long events) {
    for (int i = 0; i < all.length; i++) {
      CommittableOffset present = all[i].offset();
      if (present.epoch() == added.epoch() || present.partition().equals(added.partition())) {
        long presentEpoch = present.epoch().number();
        long addedEpoch = added.epoch().number();
        if (addedEpoch < presentEpoch) {
          return all;
        }
        Highest[] changed = all.clone();
        changed[i] =
            addedEpoch > presentEpoch
                ? new Highest(added, events)
                : new Highest(higher(added, present), all[i].events() + events);
        return changed;
      }
    }
    Highest[] longer = Arrays.copyOf(all, all.length + 1);
    longer[all.length] = new Highest(added, events);
    return longer;
  }

  private static CommittableOffset higher(CommittableOffset added, CommittableOffset present) {
    return added.sequenceNumber() > present.sequenceNumber() ? added : present;
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
    List<CommittableOffset> offsets = new ArrayList<>();
    forEachOffset((offset, events) -> offsets.add(offset));
    return List.copyOf(offsets);
  }

  /**
   * Calls the action with each of {@link #offsets} in their order, and with the number of updates
   * that it stands for.
   */
  @InternalApi
  public void forEachOffset(ObjLongConsumer<CommittableOffset> action) {
    List<CommittableOffset> counted = alone == null ? List.of() : aloneInOrder();
    Map<EventHubPartition, Long> newestEpochs = counted.isEmpty() ? Map.of() : epochs(counted);
    for (Highest entry : highest) {
      if (!isReplaced(entry.offset(), newestEpochs)) {
        action.accept(entry.offset(), entry.events());
      }
    }
    for (CommittableOffset offset : counted) {
      if (!isReplaced(offset, newestEpochs)) {
        action.accept(offset, 1);
      }
    }
  }

  private Map<EventHubPartition, Long> epochs(List<CommittableOffset> counted) {
    Map<EventHubPartition, Long> newest = new HashMap<>();
    for (Highest entry : highest) {
      newest.merge(entry.offset().partition(), entry.offset().epoch().number(), Math::max);
    }
    for (CommittableOffset offset : counted) {
      newest.merge(offset.partition(), offset.epoch().number(), Math::max);
    }
    return newest;
  }

  private static boolean isReplaced(
      CommittableOffset offset, Map<EventHubPartition, Long> newestEpochs) {
    return !newestEpochs.isEmpty()
        && offset.epoch().number() < newestEpochs.getOrDefault(offset.partition(), 0L);
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
