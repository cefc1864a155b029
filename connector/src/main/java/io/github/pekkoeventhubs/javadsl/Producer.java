// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.produce.ProducerStage;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.FlowWithContext;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Sinks and flows that send events to an event hub.
 *
 * <p>All of them send in batches per route, several at a time, and deliver at least once: an event
 * whose acknowledgement was lost is sent again. Events of one partition key, and events that name
 * one partition, arrive in the order of the stream. Nothing is dropped: what cannot be sent fails
 * the stream, with
 *
 * <ul>
 *   <li>{@link io.github.pekkoeventhubs.EventTooLargeException} for an event that is larger than a
 *       batch, unless the settings have a handler for it;
 *   <li>{@link io.github.pekkoeventhubs.ProduceException} when sending failed for a lasting reason,
 *       or for a passing one more often than {@code max-retries};
 *   <li>{@link io.github.pekkoeventhubs.EventHubNotFoundException} and {@link
 *       io.github.pekkoeventhubs.EventHubsAuthorizationException};
 *   <li>{@link io.github.pekkoeventhubs.InvalidSettingsException} at once, when the settings lack
 *       something.
 * </ul>
 *
 * <p>When the upstream completes or fails, events that the stream has taken in are still sent,
 * which takes as long as the service and the retries take. Each materialization has a connection of
 * its own and closes it at its end, unless the settings have a client to share.
 *
 * <p>Sinks and flows are blueprints: immutable, and safe for all threads. Batches are encoded on
 * the dispatcher of the stream, and sent on threads of the SDK.
 */
public final class Producer {

  private Producer() {}

  /**
   * Sends each event to any partition. Use {@link #routedSink} to say where an event goes. The
   * value is completed when all events have been acknowledged, and failed when the stream fails.
   */
  public static Sink<EventData, CompletionStage<Done>> plainSink(ProducerSettings settings) {
    return ProducerStage.sink(settings, event -> new Routed(event, Route.roundRobin()));
  }

  /**
   * Sends each event where its route says. Use {@link #flexiFlow} to go on after the
   * acknowledgement. The value is completed when all events have been acknowledged, and failed when
   * the stream fails.
   */
  public static Sink<Routed, CompletionStage<Done>> routedSink(ProducerSettings settings) {
    return ProducerStage.sink(settings, routed -> routed);
  }

  /**
   * Sends any number of events for each envelope, none included, and emits what was passed through
   * when all of them have been acknowledged: in the order of the envelopes. It takes envelopes
   * ahead of demand, up to {@code max-buffered-bytes}.
   */
  public static <P> Flow<Envelope<P>, Results<P>, NotUsed> flexiFlow(ProducerSettings settings) {
    return ProducerStage.flow(settings);
  }

  /**
   * {@link #flexiFlow} between a source with context, usually of offsets, and what goes on with the
   * context, usually a committer. The results pass the context through as well.
   */
  public static <C> FlowWithContext<Envelope<NotUsed>, C, Results<C>, C, NotUsed> flowWithContext(
      ProducerSettings settings) {
    Flow<Pair<Envelope<NotUsed>, C>, Pair<Results<C>, C>, NotUsed> flow =
        Flow.<Pair<Envelope<NotUsed>, C>>create()
            .map(pair -> pair.first().withPassThrough(pair.second()))
            .via(flexiFlow(settings))
            .map(results -> Pair.create(results, results.passThrough()));
    return FlowWithContext.fromPairs(flow);
  }

  /**
   * Sends the events of each envelope, and commits what it passes through when all of them have
   * been acknowledged: the end of a stream from hub to hub, at least once. An input that produces
   * no event is committed with {@link ProducerMessage#passThrough}.
   *
   * <p>The value is completed when everything has been sent and committed, and failed when the
   * stream fails; what had been acknowledged by then is committed, as by {@link Committer#sink}.
   *
   * @param <C> offsets, batches of them, or both: declare it as the type that the stream carries
   */
  public static <C extends Committable> Sink<Envelope<C>, CompletionStage<Done>> committableSink(
      ProducerSettings producerSettings, CommitterSettings committerSettings) {
    return Producer.<C>flexiFlow(producerSettings)
        .map(Results::passThrough)
        .toMat(Committer.<C>sink(committerSettings), Keep.right());
  }

  /**
   * {@link #committableSink} for a source with offsets as its context: sends the events of each
   * envelope, and commits its context when all of them have been acknowledged. The values that the
   * envelopes pass through themselves are dropped.
   *
   * @param <P> the type of the values that envelopes pass through, which are dropped
   * @param <C> offsets, batches of them, or both: declare it as the type that the stream carries
   */
  public static <P, C extends Committable>
      Sink<Pair<Envelope<P>, C>, CompletionStage<Done>> committableSinkWithOffsetContext(
          ProducerSettings producerSettings, CommitterSettings committerSettings) {
    return Flow.<Pair<Envelope<P>, C>>create()
        .map(pair -> pair.first().withPassThrough(pair.second()))
        .toMat(Producer.<C>committableSink(producerSettings, committerSettings), Keep.right());
  }
}
