// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of what a node holds of one partition: events between the link and the user's
 * function, bytes before the stream, and bytes in the SDK and before the stream together.
 *
 * <p>The service of a world sends at once whatever a link may hold, which is the worst that it can
 * do.
 */
final class MemoryRule {

  private static final String PROMISE = "bound of memory";

  /** The number {@code max-buffered-bytes}. */
  static final long MOST_BYTES = 8L << 20;

  /** The part of it that may wait before the stream, apart from one event. */
  static final long MOST_BYTES_BEFORE_STREAM = MOST_BYTES / 2;

  /**
   * The number {@code max-uncommitted}: so many events may have been emitted and not have come to
   * the user's function.
   */
  static final int MOST_EMITTED = 3;

  /**
   * A link that has become too wide is narrowed within about a second, and its node may have been
   * kept from its work for a moment.
   */
  static final long TOO_WIDE_NANOS = 1_500_000_000;

  private final World world;
  private final PartitionRecord partition;
  private final SimulatedPartition log;
  private final long mostEvents;
  private final BiConsumer<String, String> broken;
  private @Nullable Watched newest;

  /**
   * @param mostEvents how many events may wait between link and user's function
   * @param broken told of a broken promise
   */
  MemoryRule(
      World world, PartitionRecord partition, long mostEvents, BiConsumer<String, String> broken) {
    this.world = world;
    this.partition = partition;
    this.log = partition.log;
    this.mostEvents = mostEvents;
    this.broken = broken;
  }

  private PartitionRecord.@Nullable Epoch epochOf(SimulatedProcess node) {
    PartitionRecord.Epoch epoch = partition.epochs.get(partition.fencingToken);
    return epoch == null || epoch.node != node ? null : epoch;
  }

  /** An event has come from the service and waits for the stream. */
  void received(SimulatedProcess node, long sequenceNumber) {
    PartitionRecord.Epoch epoch = epochOf(node);
    if (epoch == null) {
      return;
    }
    epoch.received = Math.max(epoch.received, sequenceNumber);
    long waiting = epoch.received - Math.max(epoch.lastEmitted, log.first() - 1);
    if (waiting > mostEvents) {
      broken.accept(PROMISE, "partition " + log.id + ": " + waiting + " events wait at " + node);
    }
  }

  /**
   * A node attaches a link.
   *
   * @param position the first event that it wants
   * @param prefetch how many events the link may hold
   */
  LinkWatch attaches(SimulatedProcess node, long position, int prefetch) {
    Watched next = new Watched(node, epochOf(node), prefetch);
    if (newest != null && next.isInTheEpochOf(newest) && position > log.first()) {
      newest.hasTaken(position - 1);
    }
    newest = next;
    return next;
  }

  /** One link of a node, in the epoch in which the node has attached it. */
  private final class Watched implements LinkWatch {

    private static final long NONE = Long.MAX_VALUE;

    private final SimulatedProcess node;
    private final PartitionRecord.@Nullable Epoch epoch;
    private final int prefetch;
    private final int eventHub = log.number();

    /** The first event that came although more waited than may: it must not be taken. */
    private long tooMuch = NONE;

    private long tooWideSince = NONE;

    Watched(SimulatedProcess node, PartitionRecord.@Nullable Epoch epoch, int prefetch) {
      this.node = node;
      this.epoch = epoch;
      this.prefetch = prefetch;
    }

    boolean isInTheEpochOf(Watched other) {
      return epoch != null && epoch == other.epoch && eventHub == other.eventHub;
    }

    /** Those that certainly wait before the stream. */
    private long bytesBeforeStream(PartitionRecord.Epoch present, long position) {
      return log.bytesBetween(present.lastEmitted + 1 + MOST_EMITTED, position);
    }

    @Override
    public void passes(long sequenceNumber) {
      if (epoch != null
          && eventHub == log.number()
          && bytesBeforeStream(epoch, sequenceNumber) > MOST_BYTES_BEFORE_STREAM) {
        tooMuch = Math.min(tooMuch, sequenceNumber);
      }
    }

    /** The node has got this event, or has emitted it. */
    void hasTaken(long sequenceNumber) {
      if (sequenceNumber >= tooMuch) {
        broken.accept(
            PROMISE,
            "partition "
                + log.id
                + ": "
                + node
                + " takes event "
                + tooMuch
                + " while more bytes wait before the stream than may");
      }
    }

    @Override
    public void holds(long position, boolean open) {
      if (epoch == null || eventHub != log.number() || !open) {
        tooWideSince = NONE;
        return;
      }
      hasTaken(epoch.lastEmitted);
      long bytes =
          bytesBeforeStream(epoch, position) + log.bytesBetween(position, position + prefetch);
      if (bytes <= MOST_BYTES + EventSizes.LARGEST) {
        tooWideSince = NONE;
      } else if (tooWideSince == NONE) {
        tooWideSince = world.nanoTime();
      } else if (world.nanoTime() - Math.max(tooWideSince, node.awakeSince) > TOO_WIDE_NANOS
          && node.state == SimulatedProcess.State.RUNNING) {
        broken.accept(
            PROMISE,
            "partition " + log.id + ": " + node + " holds " + bytes + " bytes for too long");
      }
    }
  }
}
