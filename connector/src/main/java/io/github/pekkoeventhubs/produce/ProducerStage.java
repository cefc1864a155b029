// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * Sends the events of envelopes in batches, and emits the results of each envelope, in the order of
 * the envelopes, when all of its events have been acknowledged; or sends events and emits nothing.
 * Asks for more ahead of demand, while what it holds stays below {@code max-buffered-bytes}.
 *
 * <ul>
 *   <li>Completion or failure of the upstream: everything taken in is sent and all results are
 *       emitted, as downstream asks for them; then it completes or fails as the upstream did.
 *   <li>Failure to send: it fails at once; what else was on its way may have arrived.
 *   <li>Cancellation: it stops at once; what was on its way may have arrived.
 * </ul>
 *
 * @param <T> envelopes, or what events are made of
 * @param <R> results
 */
@InternalApi
public final class ProducerStage<T, R> extends GraphStage<FlowShape<T, R>> {

  private final ProducerSettings settings;
  private final Function<ActorSystem, EventSender> senders;
  private final LongSupplier nanoClock;
  private final Supplier<Unacknowledged<T, R>> bookkeeping;

  private final Inlet<T> in = Inlet.create("Producer.in");
  private final Outlet<R> out = Outlet.create("Producer.out");
  private final FlowShape<T, R> shape = FlowShape.of(in, out);

  private ProducerStage(
      ProducerSettings settings,
      Function<ActorSystem, EventSender> senders,
      LongSupplier nanoClock,
      Supplier<Unacknowledged<T, R>> bookkeeping) {
    this.settings = settings;
    this.senders = senders;
    this.nanoClock = nanoClock;
    this.bookkeeping = bookkeeping;
  }

  /** With a sender for each materialization, and a monotonic clock. */
  static <P> ProducerStage<Envelope<P>, Results<P>> ofEnvelopes(
      ProducerSettings settings,
      Function<ActorSystem, EventSender> senders,
      LongSupplier nanoClock) {
    return new ProducerStage<>(settings, senders, nanoClock, PendingResults::new);
  }

  /** The same for a sink: emits nothing, and completes when all has been acknowledged. */
  static <T> ProducerStage<T, Done> ofEvents(
      ProducerSettings settings,
      Function<ActorSystem, EventSender> senders,
      LongSupplier nanoClock,
      Function<T, Routed> routing) {
    return new ProducerStage<>(settings, senders, nanoClock, () -> new PendingEvents<>(routing));
  }

  /** A flow that sends with the SDK's client; each materialization connects for itself. */
  public static <P> Flow<Envelope<P>, Results<P>, NotUsed> flow(ProducerSettings settings) {
    return Flow.fromGraph(
        ProducerStage.<P>ofEnvelopes(
            settings, system -> MeasuredEventSender.create(settings, system), System::nanoTime));
  }

  /**
   * A sink that sends with the SDK's client; each materialization connects for itself.
   *
   * @param routing what is sent for an element, and where it goes
   */
  public static <T> Sink<T, CompletionStage<Done>> sink(
      ProducerSettings settings, Function<T, Routed> routing) {
    return Flow.fromGraph(
            ofEvents(
                settings,
                system -> MeasuredEventSender.create(settings, system),
                System::nanoTime,
                routing))
        .toMat(Sink.ignore(), Keep.right());
  }

  /** The same for what comes from outside of a stream: see {@link SendQueue}. */
  static ProducerStage<PendingSend, Done> ofSends(
      ProducerSettings settings,
      Function<ActorSystem, EventSender> senders,
      LongSupplier nanoClock) {
    return new ProducerStage<>(settings, senders, nanoClock, PendingSends::new);
  }

  @Override
  public FlowShape<T, R> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new ProducerLogic<>(
        shape,
        settings,
        senders,
        nanoClock,
        InstantSource.system(),
        bookkeeping.get(),
        inheritedAttributes);
  }
}
