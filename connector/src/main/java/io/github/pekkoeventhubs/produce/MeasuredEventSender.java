// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.tracing.BoundTracing;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.ActorSystem;

/**
 * Counts what a sender sends, batch by batch, and shows it among the running producers of the actor
 * system until it is closed. Thread-safe.
 */
final class MeasuredEventSender implements EventSender {

  private static final AtomicLong IDS = new AtomicLong();

  private final EventSender sender;
  private final SendCounters counters;
  private final Runnable whenClosed;

  MeasuredEventSender(EventSender sender, SendCounters counters, Runnable whenClosed) {
    this.sender = sender;
    this.counters = counters;
    this.whenClosed = whenClosed;
  }

  /** A sender with the SDK's client, measured, and traced if tracing is bound. */
  static EventSender create(ProducerSettings settings, ActorSystem system) {
    SdkEventSender sender = SdkEventSender.create(settings, system);
    String id = "producer-" + IDS.incrementAndGet();
    SendCounters counters = new SendCounters(System::nanoTime);
    RunningStreams list = RunningStreams.of(system);
    String namespace = sender.namespace();
    String eventHub = sender.eventHub();
    list.producerBegins(id, () -> counters.status(id, namespace, eventHub));
    EventSender measured = new MeasuredEventSender(sender, counters, () -> list.producerEnds(id));
    return BoundTracing.of(system)
        .producer(namespace, eventHub)
        .<EventSender>map(tracing -> new TracedEventSender(measured, tracing))
        .orElse(measured);
  }

  @Override
  public CompletionStage<List<String>> partitionIds() {
    return counted(sender.partitionIds());
  }

  @Override
  public CompletionStage<EventBatch> openBatch(Destination destination) {
    return counted(sender.openBatch(destination)).thenApply(MeasuredBatch::new);
  }

  /** Without a connection or a link, an attempt to send ends before there is a batch. */
  private <T> CompletionStage<T> counted(CompletionStage<T> preparation) {
    return preparation.whenComplete(
        (result, failure) -> {
          if (failure != null) {
            counters.endsBeforeABatch();
          }
        });
  }

  @Override
  public String target() {
    return sender.target();
  }

  @Override
  public LogKeys keys() {
    return sender.keys();
  }

  @Override
  public void close() {
    whenClosed.run();
    sender.close();
  }

  /** Not thread-safe, as all batches. */
  private final class MeasuredBatch implements EventBatch {

    private final EventBatch batch;
    private int events;
    private int attempts;

    MeasuredBatch(EventBatch batch) {
      this.batch = batch;
    }

    @Override
    public boolean tryAdd(Routed event) {
      boolean added = batch.tryAdd(event);
      if (added) {
        events++;
      }
      return added;
    }

    @Override
    public long limit() {
      return batch.limit();
    }

    @Override
    public long size() {
      return batch.size();
    }

    @Override
    public CompletionStage<?> send() {
      Object attempt = counters.begins(attempts++ > 0);
      return batch
          .send()
          .whenComplete(
              (done, failure) ->
                  counters.ends(attempt, failure == null, events, failure == null ? size() : 0));
    }
  }
}
