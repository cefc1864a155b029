// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which events make a batch, and when a batch may be sent. The events of a destination are
 * batched in the order they were added. A batch is due when it is full or when its first event has
 * waited long enough; until it is sent it takes in further events. Due batches are sent while fewer
 * than {@code parallelism} are in flight, the destination that became due first goes first, and an
 * ordered destination has at most one batch in flight, so that a batch which must be sent again
 * cannot be overtaken.
 *
 * <p>Times are readings of one monotonic clock in nanoseconds. Every operation is O(1), amortized.
 * Not thread-safe.
 *
 * @param <E> events
 * @param <P> what is prepared for a batch when it is opened
 */
final class RouteBatches<E, P> {

  private final int maxEvents;
  private final long maxBytes;
  private final long maxWaitNanos;
  private final int parallelism;
  private final Function<Destination, P> preparation;

  private final Map<Destination, Lane<E, P>> lanes = new HashMap<>();

  /** Lanes whose first batch may be sent now. */
  private final ArrayDeque<Lane<E, P>> ready = new ArrayDeque<>();

  /**
   * Batches that are not due, in the order they were opened in and so in the order of their time.
   */
  private final Set<Batch<E, P>> lingering = new LinkedHashSet<>();

  /** The first of them, which is asked for with every event. */
  private @Nullable Batch<E, P> oldest;

  /** The one that the last event went to, which is where the next one usually goes. */
  private @Nullable Lane<E, P> last;

  private int inFlight;

  /**
   * @param preparation called for each batch when it is opened
   */
  RouteBatches(
      int maxEvents,
      long maxBytes,
      long maxWaitNanos,
      int parallelism,
      Function<Destination, P> preparation) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.maxWaitNanos = maxWaitNanos;
    this.parallelism = parallelism;
    this.preparation = preparation;
  }

  /**
   * Adds an event to the last batch of its destination, and returns that batch. An event that
   * exceeds the bytes gets its own batch.
   *
   * @param clock asked only where the event opens a batch
   */
  Batch<E, P> add(Destination destination, E event, long bytes, LongSupplier clock) {
    Lane<E, P> lane = lane(destination);
    Batch<E, P> batch = lane.waiting.peekLast();
    if (batch != null && !batch.full && batch.bytes + bytes > maxBytes) {
      fill(batch);
    }
    if (batch == null || batch.full) {
      batch = new Batch<>(lane, preparation.apply(destination), clock.getAsLong() + maxWaitNanos);
      lane.waiting.add(batch);
      lingering.add(batch);
      if (oldest == null) {
        oldest = batch;
      }
    }
    batch.events.add(event);
    batch.bytes += bytes;
    if (batch.events.size() >= maxEvents || batch.bytes >= maxBytes) {
      fill(batch);
    }
    return batch;
  }

  /**
   * The event that was added last does not fit into its batch after all: that is full without it,
   * and the event opens the next one, which is returned.
   */
  Batch<E, P> moveLast(Batch<E, P> batch, long bytes, LongSupplier clock) {
    E event = batch.events.remove(batch.events.size() - 1);
    batch.bytes -= bytes;
    if (!batch.full) {
      fill(batch);
    }
    return add(batch.destination(), event, bytes, clock);
  }

  private Lane<E, P> lane(Destination destination) {
    if (last == null || !last.destination.equals(destination)) {
      last = lanes.computeIfAbsent(destination, Lane::new);
    }
    return last;
  }

  private void fill(Batch<E, P> batch) {
    batch.full = true;
    markDue(batch);
  }

  private void markDue(Batch<E, P> batch) {
    lingering.remove(batch);
    if (batch == oldest) {
      Iterator<Batch<E, P>> left = lingering.iterator();
      oldest = left.hasNext() ? left.next() : null;
    }
    batch.due = true;
    offer(batch.lane);
  }

  private void offer(Lane<E, P> lane) {
    Batch<E, P> first = lane.waiting.peek();
    boolean free = lane.inFlight == 0 || !lane.destination.ordered();
    if (first != null && first.due && free && !lane.ready) {
      lane.ready = true;
      ready.add(lane);
    }
  }

  /**
   * Takes out the next batch to be sent now, if there is one; {@link #finished} must be told when
   * it has been sent.
   *
   * @param flush whether every batch is due, however short it has waited
   */
  Optional<Batch<E, P>> next(long now, boolean flush) {
    for (Batch<E, P> first = oldest;
        first != null && (flush || first.dueAt - now <= 0);
        first = oldest) {
      markDue(first);
    }
    if (!isReady()) {
      return Optional.empty();
    }
    Lane<E, P> lane = ready.remove();
    lane.ready = false;
    Batch<E, P> batch = lane.waiting.remove();
    lane.inFlight++;
    inFlight++;
    offer(lane);
    return Optional.of(batch);
  }

  /** A batch that was taken out has been sent: its destination may be sent the next one. */
  void finished(Batch<E, P> batch) {
    Lane<E, P> lane = batch.lane;
    lane.inFlight--;
    inFlight--;
    if (lane.inFlight == 0 && lane.waiting.isEmpty()) {
      lanes.remove(lane.destination);
      if (lane == last) {
        last = null;
      }
    } else {
      offer(lane);
    }
  }

  /** Whether there is a batch to be sent now, whatever the time. */
  boolean isReady() {
    return inFlight < parallelism && !ready.isEmpty();
  }

  /** Whether a batch that was taken out has not been sent. */
  boolean isUnderWay() {
    return inFlight > 0;
  }

  /** When the first of the waiting batches becomes due by time. */
  OptionalLong nextDue() {
    return oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.dueAt);
  }

  /** Whether there is nothing waiting and nothing in flight. */
  boolean isEmpty() {
    return lanes.isEmpty();
  }

  private static final class Lane<E, P> {

    private final Destination destination;
    private final ArrayDeque<Batch<E, P>> waiting = new ArrayDeque<>();
    private int inFlight;
    private boolean ready;

    private Lane(Destination destination) {
      this.destination = destination;
    }
  }

  /** Events of one destination, to be sent together and in this order. */
  static final class Batch<E, P> {

    private final Lane<E, P> lane;
    private final P preparation;
    private final long dueAt;
    private final List<E> events = new ArrayList<>();
    private long bytes;
    private long held;
    private boolean full;
    private boolean due;

    private Batch(Lane<E, P> lane, P preparation, long dueAt) {
      this.lane = lane;
      this.preparation = preparation;
      this.dueAt = dueAt;
    }

    Destination destination() {
      return lane.destination;
    }

    /** The preparation of the batch. */
    P preparation() {
      return preparation;
    }

    /** Whether it holds only the event that opened it. */
    boolean isNew() {
      return events.size() == 1;
    }

    List<E> events() {
      return events;
    }

    long bytes() {
      return bytes;
    }

    /** One of its events takes so much memory. */
    void hold(long memory) {
      held += memory;
    }

    /** How much memory its events take together. */
    long held() {
      return held;
    }
  }
}
