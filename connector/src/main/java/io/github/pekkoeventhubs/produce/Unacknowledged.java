// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.produce.RouteBatches.Batch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The elements that a stage has taken in and not given out. Confined to the stage.
 *
 * @param <T> what comes in
 * @param <R> what goes out
 */
interface Unacknowledged<T, R> {

  /** Takes in an element, and passes its events on. */
  void add(T element, Consumer<OutgoingEvent> events);

  /** The events of this batch have been acknowledged. */
  void acknowledged(Batch<OutgoingEvent, ?> batch);

  /** Whether what fails, fails alone, and the stage goes on with the rest. */
  default boolean failsAlone() {
    return false;
  }

  /** This event has failed, where events fail alone. */
  default void failed(OutgoingEvent event, Throwable failure) {
    throw new IllegalStateException("an event has failed alone where events do not", failure);
  }

  /** Whether there is something to give out. */
  boolean hasResult();

  /** Takes it out; null where there is nothing. */
  @Nullable R nextResult();

  /** Whether all has been given out, and where nothing is given out acknowledged. */
  boolean isEmpty();

  /** The bytes that it holds in memory, by estimate: see {@link OutgoingFootprint}. */
  long bufferedBytes();
}
