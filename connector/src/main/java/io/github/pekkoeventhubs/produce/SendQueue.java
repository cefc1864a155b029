// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerFullException;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.stream.AbruptStageTerminationException;
import org.apache.pekko.stream.AbruptTerminationException;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/** A running stream that sends what is offered to it, from any thread. */
@InternalApi
public final class SendQueue {

  /** Fewer bytes than any send takes: the queue is never full before the bound in bytes is. */
  private static final long SMALLEST = 256;

  private final ProducerSettings settings;
  private final ActorSystem system;
  private final AtomicLong held = new AtomicLong();
  private final Set<PendingSend> pending = ConcurrentHashMap.newKeySet();
  private final BoundedSourceQueue<PendingSend> queue;
  private final CompletableFuture<Done> stopped = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Starts it; it connects with the first event. */
  public SendQueue(ProducerSettings settings, ActorSystem system) {
    this.settings = settings.validated();
    this.system = system;
    int capacity =
        (int) Math.min(settings.maxBufferedBytes() / SMALLEST + 1, Integer.MAX_VALUE / 2);
    var stream =
        Source.<PendingSend>queue(capacity)
            .via(
                ProducerStage.ofSends(
                    settings,
                    actorSystem -> MeasuredEventSender.create(settings, actorSystem),
                    System::nanoTime))
            .toMat(Sink.<Done>ignore(), Keep.both())
            .run(SystemMaterializer.get(system).materializer());
    this.queue = stream.first();
    stream.second().whenComplete((done, failure) -> end(failure));
  }

  private void end(@Nullable Throwable failure) {
    closed.set(true);
    Throwable cause = failure == null ? closedFailure() : endOf(StageFailure.causeOf(failure));
    pending.forEach(send -> send.end(cause));
    stopped.complete(Done.getInstance());
  }

  /** Pekko ends a stream that still runs with its actor system. */
  private static Throwable endOf(Throwable failure) {
    return failure instanceof AbruptStageTerminationException
            || failure instanceof AbruptTerminationException
        ? new ProduceException(
            "The actor system has ended before the service answered, so that the events may or may"
                + " not be stored. A shutdown sends for as long as"
                + " pekko.coordinated-shutdown.phases.before-actor-system-terminate.timeout (5 s by"
                + " default) says: raise it, and with it the time after which the platform kills"
                + " the process",
            failure)
        : failure;
  }

  /** Completes when all of the events are acknowledged; fails when one of them has failed. */
  public CompletionStage<Done> send(List<Routed> events) {
    if (events.isEmpty()) {
      return CompletableFuture.completedFuture(Done.getInstance());
    }
    if (closed.get()) {
      return CompletableFuture.failedFuture(closedFailure());
    }
    PendingSend send;
    try {
      send = new PendingSend(events, settings.producerId(), system.dispatcher());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(UnexpectedFailure.PRODUCER.of(e));
    }
    long before = held.getAndAdd(send.footprint());
    pending.add(send);
    CompletableFuture<Done> answer =
        send.answer()
            .whenComplete(
                (done, failure) -> {
                  pending.remove(send);
                  held.addAndGet(-send.footprint());
                });
    if (before > 0 && before + send.footprint() > settings.maxBufferedBytes()) {
      send.answer().completeExceptionally(full(before));
    } else {
      offer(send, before);
    }
    return answer.minimalCompletionStage();
  }

  private void offer(PendingSend send, long before) {
    QueueOfferResult result = queue.offer(send);
    if (!result.isEnqueued()) {
      boolean full = result.equals(QueueOfferResult.dropped());
      send.answer().completeExceptionally(full ? full(before) : closedFailure());
    } else if (closed.get()) {
      // The stream may have ended before it saw this one, and after it looked for what is pending.
      stopped.thenRun(() -> send.end(closedFailure()));
    }
  }

  private static ProduceException closedFailure() {
    return new ProduceException(
        "The producer is closed: create a new SendProducer, or send before close()");
  }

  private ProducerFullException full(long before) {
    return new ProducerFullException(before, settings.maxBufferedBytes());
  }

  /** Takes nothing more, and completes when what it has is answered. */
  public CompletionStage<Done> close() {
    if (closed.compareAndSet(false, true)) {
      queue.complete();
    }
    return stopped.minimalCompletionStage();
  }
}
