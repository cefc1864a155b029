// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.produce.EventSender.EventBatch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How far the events of one batch have been loaded into a batch of the SDK's. Handed from thread to
 * thread with its events, and used by one at a time.
 */
final class BatchLoad {

  private final Destination destination;
  private final Supplier<CompletionStage<EventBatch>> attempt;
  private @Nullable CompletionStage<EventBatch> opening;
  private boolean openingWasTaken;
  private @Nullable EventBatch open;
  private boolean stuck;
  private int taken;
  private int size;

  /**
   * @param attempt opens a batch of the SDK's, and does so again after a failure
   * @param early whether that is to be done at once
   */
  BatchLoad(Destination destination, Supplier<CompletionStage<EventBatch>> attempt, boolean early) {
    this.destination = destination;
    this.attempt = attempt;
    this.opening = early ? attempt.get() : null;
  }

  Destination destination() {
    return destination;
  }

  /**
   * The batch of the SDK's: the result of the first attempt, and later of another one each time.
   */
  CompletionStage<EventBatch> opened() {
    CompletionStage<EventBatch> current = opening;
    if (current == null || openingWasTaken) {
      current = attempt.get();
      opening = current;
    }
    openingWasTaken = true;
    return current;
  }

  /**
   * Loads what has been added to the events, if the batch is open by now. An event that cannot be
   * loaded is left to {@link #add}, with all that follows it.
   */
  void addIfOpen(List<OutgoingEvent> events) {
    EventBatch batch = open == null ? nowOpen() : open;
    if (batch != null && !stuck) {
      try {
        stuck = !add(batch, events);
      } catch (RuntimeException e) {
        stuck = true;
      }
    }
  }

  /** Whether all are loaded but the last one, which the batch has no room for. */
  boolean isFullWithoutLast(List<OutgoingEvent> events) {
    return stuck && size > 0 && taken == events.size() - 1;
  }

  private @Nullable EventBatch nowOpen() {
    if (opening == null) {
      return null;
    }
    CompletableFuture<EventBatch> future = opening.toCompletableFuture();
    if (future.isDone() && !future.isCompletedExceptionally()) {
      open = future.join();
    }
    return open;
  }

  /** Loads the events that are not loaded, as far as they fit; whether all of them do. */
  boolean add(EventBatch batch, List<OutgoingEvent> events) {
    while (taken < events.size()) {
      Optional<Routed> current = events.get(taken).current();
      if (current.isPresent()) {
        if (!batch.tryAdd(current.get())) {
          return false;
        }
        size++;
      }
      taken++;
    }
    return true;
  }

  /** How many of the events have been dealt with: loaded, or left out for good. */
  int taken() {
    return taken;
  }

  /** How many are in the batch of the SDK's. */
  int size() {
    return size;
  }
}
