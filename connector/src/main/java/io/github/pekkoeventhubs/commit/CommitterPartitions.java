// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that a committer has seen, each with its newest epoch. It joins an epoch when the
 * first offset of it comes, and leaves it when a newer one replaces it, when it is over, or when
 * the committer ends. Used by one thread at a time.
 */
final class CommitterPartitions {

  private static final KeyedLog LOG = KeyedLog.of(CommitterPartitions.class);

  /** The stage that has to react to what becomes of a partition. */
  interface Listener {

    /** A partition has grown so far that a flush may be due. */
    void grown(PartitionCommits commits);

    /** The owner gives the partition up. Called on any thread. */
    void draining(PartitionCommits commits);

    /** The partition is forgotten before the committer ends. */
    void removed(PartitionCommits commits);
  }

  private final String committer;
  private final CommitWhen when;
  private final FlushPolicy policy;
  private final LongSupplier clock;
  private final Listener listener;

  private final Map<EventHubPartition, PartitionCommits> partitions = new HashMap<>();

  /** The same by epoch, for the look-up per element. */
  private final IdentityHashMap<PartitionEpoch, PartitionCommits> epochs = new IdentityHashMap<>();

  /** The last answer of {@link #epochs}: elements of one partition often follow each other. */
  private @Nullable PartitionCommits lastUsed;

  private int full;
  private long droppedEvents;

  /** The names that all partitions have in common that were seen; null before the first. */
  private @Nullable LogKeys keys;

  /**
   * @param committer the name of the committer in the log
   * @param clock nanoseconds
   */
  CommitterPartitions(
      String committer,
      CommitWhen when,
      FlushPolicy policy,
      LongSupplier clock,
      Listener listener) {
    this.committer = committer;
    this.when = when;
    this.policy = policy;
    this.clock = clock;
    this.listener = listener;
  }

  /** The committer sees an offset, or a batch of them. */
  void observe(Committable committable) {
    if (committable instanceof CommittableOffset offset) {
      observe(offset, 1);
      return;
    }
    ((CommittableOffsetBatch) committable).forEachOffset(this::observe);
  }

  /** The stream has completed: offsets that are withheld count now. */
  void complete() {
    for (PartitionCommits commits : all()) {
      boolean fullBefore = policy.isFull(commits);
      commits.complete();
      fullnessChanged(fullBefore, policy.isFull(commits));
    }
  }

  private void observe(CommittableOffset offset, long events) {
    PartitionCommits commits = commitsOf(offset.epoch());
    if (commits == null) {
      droppedEvents += events;
      offset.epoch().dropped(events);
      return;
    }
    boolean hadWork = commits.hasWork();
    long pendingBefore = commits.pendingEvents();
    long unwrittenBefore = commits.unwrittenEvents();
    boolean fullBefore = policy.isFull(commits);
    commits.observe(offset, events);
    if (policy.hasCrossedBound(commits, hadWork, pendingBefore, unwrittenBefore)) {
      fullnessChanged(fullBefore, policy.isFull(commits));
      listener.grown(commits);
    }
  }

  /**
   * The state of an epoch; null if it is over, or if a newer one of the partition has been seen.
   */
  private @Nullable PartitionCommits commitsOf(PartitionEpoch epoch) {
    PartitionCommits last = lastUsed;
    if (last != null && last.epoch() == epoch) {
      return last;
    }
    PartitionCommits commits = epochs.get(epoch);
    if (commits == null) {
      commits = join(epoch);
    }
    lastUsed = commits;
    return commits;
  }

  private @Nullable PartitionCommits join(PartitionEpoch epoch) {
    refuseIfItMustHang(epoch);
    PartitionCommits present = partitions.get(epoch.partition());
    if (epoch.isOver() || (present != null && present.epoch().number() > epoch.number())) {
      return null;
    }
    if (present != null) {
      replaced(present, epoch);
    }
    // An epoch need not say when it is over: a good moment to look is when another one begins.
    all().forEach(this::removeIfOver);
    PartitionCommits joined =
        new PartitionCommits(epoch, withholding(), clock, policy.maxUnwritten());
    partitions.put(epoch.partition(), joined);
    LogKeys group = LogKeys.ofGroup(epoch.partition());
    keys = keys == null || keys.equals(group) ? group : LogKeys.NONE;
    epochs.put(epoch, joined);
    epoch.committerJoined(this, () -> listener.draining(joined));
    return joined;
  }

  /** The names that all its partitions have in common: of their group, if it is one. */
  LogKeys keys() {
    return keys == null ? LogKeys.NONE : keys;
  }

  private void refuseIfItMustHang(PartitionEpoch epoch) {
    if (when == CommitWhen.NEXT_OFFSET_OBSERVED && epoch.maxUncommitted() < 2) {
      throw new InvalidSettingsException(
          "max-uncommitted = 1 of the consumer does not go with when = next-offset-observed of the"
              + " committer: the committer waits for the next event before it acknowledges one, and"
              + " the source waits for that before it emits the next; set max-uncommitted to 2 or"
              + " more, or when to offset-first-observed");
    }
  }

  private @Nullable NextOffsetObservation withholding() {
    return switch (when) {
      case OFFSET_FIRST_OBSERVED -> null;
      case NEXT_OFFSET_OBSERVED -> new NextOffsetObservation();
    };
  }

  private void replaced(PartitionCommits older, PartitionEpoch newer) {
    if (older.leftUnwritten() > 0) {
      LOG.info(
          older.keys(),
          "[{}] {} is replaced by epoch {}: {} acknowledged events of it are left unwritten",
          committer,
          older,
          LogKeys.epochOf(newer),
          older.leftUnwritten());
    }
    remove(older);
  }

  /** Forgets a partition whose epoch is over: nothing of it can be stored any more. */
  void removeIfOver(PartitionCommits commits) {
    // The answer to a flush that is under way comes first.
    if (commits.epoch().isOver() && !commits.isFlushing()) {
      remove(commits);
    }
  }

  private void remove(PartitionCommits commits) {
    long deferred = commits.deferredEvents();
    droppedEvents += commits.leftUnwritten() + deferred;
    commits.epoch().dropped(deferred);
    fullnessChanged(policy.isFull(commits), false);
    partitions.remove(commits.epoch().partition());
    epochs.remove(commits.epoch());
    if (lastUsed == commits) {
      lastUsed = null;
    }
    listener.removed(commits);
    commits.epoch().committerLeft(this);
  }

  /** Whether this is the newest epoch of its partition. */
  boolean isCurrent(PartitionCommits commits) {
    return epochs.containsKey(commits.epoch());
  }

  /** All of them, in a list that later changes do not reach. */
  List<PartitionCommits> all() {
    return List.copyOf(partitions.values());
  }

  /** A partition has reached its bound of unwritten events, or has come below it. */
  void fullnessChanged(boolean before, boolean after) {
    if (before != after) {
      full += after ? 1 : -1;
    }
  }

  /** Whether some partition has reached its bound of unwritten events. */
  boolean isAnyFull() {
    return full > 0;
  }

  /** Counts events that are not stored since their epoch is over. */
  void dropped(long events) {
    droppedEvents += events;
  }

  long droppedEvents() {
    return droppedEvents;
  }

  /** A partition that is being handed over need not wait for the last writes of the others. */
  void leaveThoseWithoutWork() {
    for (Iterator<PartitionCommits> i = partitions.values().iterator(); i.hasNext(); ) {
      PartitionCommits commits = i.next();
      if (!commits.isFlushing() && !commits.hasWork()) {
        i.remove();
        commits.epoch().committerLeft(this);
      }
    }
  }

  /** The committer has ended. */
  void leaveAll() {
    partitions.values().forEach(commits -> commits.epoch().committerLeft(this));
    partitions.clear();
  }
}
