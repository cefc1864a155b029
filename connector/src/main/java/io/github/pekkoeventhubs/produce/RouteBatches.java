// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Route;
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
import org.jspecify.annotations.Nullable;

/**
 * Decides which events make a batch, and when a batch may be sent. The events of a route are
 * batched in the order they were added. A batch is due when it is full or when its first event has
 * waited long enough; until it is sent it takes in further events. Due batches are sent while fewer
 * than {@code parallelism} are in flight, the route that became due first goes first, and an
 * ordered route has at most one batch in flight, so that a batch which must be sent again cannot be
 * overtaken.
 *
 * <p>Times are readings of one monotonic clock in nanoseconds. Every operation is O(1), amortized.
 * Not thread-safe.
 */
final class RouteBatches<E> {

  private final int maxEvents;
  private final long maxBytes;
  private final long maxWaitNanos;
  private final int parallelism;

  private final Map<Route, Lane<E>> lanes = new HashMap<>();

  /** Lanes whose first batch may be sent now. */
  private final ArrayDeque<Lane<E>> ready = new ArrayDeque<>();

  /**
   * Batches that are not due, in the order they were opened in and so in the order of their time.
   */
  private final Set<Batch<E>> lingering = new LinkedHashSet<>();

  /** The first of them, which is asked for with every event. */
  private @Nullable Batch<E> oldest;

  private int inFlight;

  RouteBatches(int maxEvents, long maxBytes, long maxWaitNanos, int parallelism) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.maxWaitNanos = maxWaitNanos;
    this.parallelism = parallelism;
  }

  /**
   * Adds an event to the last batch of its route. One that exceeds the bytes gets its own batch.
   */
  void add(Route route, E event, long bytes, long now) {
    Lane<E> lane = lanes.computeIfAbsent(route, Lane::new);
    Batch<E> batch = lane.waiting.peekLast();
    if (batch != null && !batch.full && batch.bytes + bytes > maxBytes) {
      fill(batch);
    }
    if (batch == null || batch.full) {
      batch = new Batch<>(lane, now + maxWaitNanos);
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
  }

  private void fill(Batch<E> batch) {
    batch.full = true;
    markDue(batch);
  }

  private void markDue(Batch<E> batch) {
    lingering.remove(batch);
    if (batch == oldest) {
      Iterator<Batch<E>> left = lingering.iterator();
      oldest = left.hasNext() ? left.next() : null;
    }
    batch.due = true;
    offer(batch.lane);
  }

  private void offer(Lane<E> lane) {
    Batch<E> first = lane.waiting.peek();
    boolean free = lane.inFlight == 0 || !lane.route.ordered();
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
  Optional<Batch<E>> next(long now, boolean flush) {
    for (Batch<E> first = oldest;
        first != null && (flush || first.dueAt - now <= 0);
        first = oldest) {
      markDue(first);
    }
    if (inFlight == parallelism || ready.isEmpty()) {
      return Optional.empty();
    }
    Lane<E> lane = ready.remove();
    lane.ready = false;
    Batch<E> batch = lane.waiting.remove();
    lane.inFlight++;
    inFlight++;
    offer(lane);
    return Optional.of(batch);
  }

  /** A batch that was taken out has been sent: its route may send the next one. */
  void finished(Batch<E> batch) {
    Lane<E> lane = batch.lane;
    lane.inFlight--;
    inFlight--;
    if (lane.inFlight == 0 && lane.waiting.isEmpty()) {
      lanes.remove(lane.route);
    } else {
      offer(lane);
    }
  }

  /** When the first of the waiting batches becomes due by time. */
  OptionalLong nextDue() {
    return oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.dueAt);
  }

  /** Whether there is nothing waiting and nothing in flight. */
  boolean isEmpty() {
    return lanes.isEmpty();
  }

  private static final class Lane<E> {

    private final Route route;
    private final ArrayDeque<Batch<E>> waiting = new ArrayDeque<>();
    private int inFlight;
    private boolean ready;

    private Lane(Route route) {
      this.route = route;
    }
  }

  /** Events of one route, to be sent together and in this order. */
  static final class Batch<E> {

    private final Lane<E> lane;
    private final long dueAt;
    private final List<E> events = new ArrayList<>();
    private long bytes;
    private boolean full;
    private boolean due;

    private Batch(Lane<E> lane, long dueAt) {
      this.lane = lane;
      this.dueAt = dueAt;
    }

    Route route() {
      return lane.route;
    }

    List<E> events() {
      return events;
    }

    long bytes() {
      return bytes;
    }
  }
}
