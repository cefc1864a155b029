// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.tracing.BoundTracing;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/**
 * Events that somebody outside of a stream has asked to be sent, and his answer. Made by the caller
 * and from then on confined to the stage, but for the answer.
 */
final class PendingSend {

  private final List<OutgoingEvent> events;
  private final long footprint;
  private final Executor callbacks;
  private final CompletableFuture<Done> answer = new CompletableFuture<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private int unanswered;
  private @Nullable Throwable failure;

  /**
   * @param producerId with which the events get numbers, if they do
   * @param callbacks where the caller's reactions to the answer run, which may take long
   */
  PendingSend(List<Routed> routed, Optional<String> producerId, Executor callbacks) {
    this.callbacks = callbacks;
    Object caller = BoundTracing.callersContext();
    this.events =
        routed.stream().map(event -> new OutgoingEvent(this::answerOne, event, caller)).toList();
    producerId.ifPresent(id -> events.forEach(event -> event.expectNumber(id)));
    this.footprint =
        OutgoingFootprint.ENVELOPE + events.stream().mapToLong(OutgoingEvent::footprint).sum();
    this.unanswered = events.size();
  }

  List<OutgoingEvent> events() {
    return events;
  }

  long footprint() {
    return footprint;
  }

  CompletableFuture<Done> answer() {
    return answer;
  }

  private void answerOne(@Nullable Throwable eventFailure) {
    if (failure == null) {
      failure = eventFailure;
    }
    unanswered--;
    if (unanswered == 0) {
      end(failure);
    }
  }

  /**
   * Answers the caller, if that has not happened. The first call decides, and not the first to run:
   * a stream often ends with its last answer, and threads overtake each other.
   */
  void end(@Nullable Throwable failed) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    callbacks.execute(
        () -> {
          if (failed == null) {
            answer.complete(Done.getInstance());
          } else {
            answer.completeExceptionally(failed);
          }
        });
  }
}
