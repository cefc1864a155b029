// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.produce.SendQueue;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.CoordinatedShutdown;

/**
 * Sends events from outside of a stream, with the batches, the retries and the bounds of {@link
 * Producer}. Thread-safe: one for an application is enough, however many threads send, and the more
 * it sends the larger its batches are.
 *
 * <p>The order of an ordered route is that in which {@code send} is called, where calls follow each
 * other. A failed send stops neither the producer nor the sends after it, not even those of the
 * same route. Whoever needs the order across failures waits for each answer, or uses a stream.
 *
 * <p>A send fails with what the sinks of {@link Producer} fail with, and with {@link
 * io.github.pekkoeventhubs.ProducerFullException} at once where events of {@code
 * max-buffered-bytes} wait for their acknowledgement. After {@link #close} a send fails with {@link
 * io.github.pekkoeventhubs.ProduceException}, which is not transient. Reactions to an answer run on
 * the actor system's default dispatcher.
 */
public final class SendProducer {

  private final SendQueue queue;
  private final Cancellable shutdownTask;

  private SendProducer(ProducerSettings settings, ActorSystem system) {
    this.queue = new SendQueue(settings, system);
    // Later than the streams of this connector are drained: they may use it.
    this.shutdownTask =
        CoordinatedShutdown.get(system)
            .addCancellableTask(
                CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
                "close a SendProducer",
                queue::close);
  }

  /**
   * Starts one. It has a connection of its own unless the settings have a client, and is closed by
   * {@link #close} or when the actor system shuts down. A shutdown sends for as long as Pekko's
   * phase {@code before-actor-system-terminate} lasts (5 s). After that the sends without an answer
   * fail with {@link io.github.pekkoeventhubs.ProduceException}, and their events may be stored.
   *
   * @throws io.github.pekkoeventhubs.InvalidSettingsException when the settings lack something
   */
  public static SendProducer create(ProducerSettings settings, ClassicActorSystemProvider system) {
    return new SendProducer(settings, system.classicSystem());
  }

  /** Sends the event to any partition; completes when the service has stored it. */
  public CompletionStage<Done> send(EventData event) {
    return send(event, Route.roundRobin());
  }

  /** Sends the event where the route says; completes when the service has stored it. */
  public CompletionStage<Done> send(EventData event, Route route) {
    return send(List.of(new Routed(event, route)));
  }

  /**
   * Sends the events, those of one route in the order of the list; completes when the service has
   * stored all of them. They are not sent as one: where one fails, and with it the answer, others
   * may have been stored. Which of them is told to those who send each event by a call of its own.
   */
  public CompletionStage<Done> send(List<Routed> events) {
    return queue.send(List.copyOf(events));
  }

  /**
   * Takes nothing more, sends what it has, and completes when all of that is answered. Closing it
   * again changes nothing.
   */
  public CompletionStage<Done> close() {
    shutdownTask.cancel();
    return queue.close();
  }
}
