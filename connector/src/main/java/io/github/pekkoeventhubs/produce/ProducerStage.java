// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StreamFailureLog;
import io.github.pekkoeventhubs.produce.RouteBatches.Batch;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the events of envelopes in batches, and emits the results of each envelope, in the order of
 * the envelopes, when all of its events have been acknowledged; or sends events and emits nothing.
 * Asks for more ahead of demand, while what it holds stays below {@code max-buffered-bytes}.
 *
 * <ul>
 *   <li>Completion of the upstream: everything is sent and all results are emitted, then it
 *       completes.
 *   <li>Failure of the upstream: everything taken in is sent, the results that downstream asks for
 *       are emitted, then it fails. Once everything is acknowledged, it fails as soon as downstream
 *       has not asked for a further result within a second of the last one.
 *   <li>Failure to send: it fails at once; what else was on its way may have arrived.
 *   <li>Cancellation: it stops at once; what was on its way may have arrived.
 * </ul>
 *
 * @param <T> envelopes, or what events are made of
 * @param <R> results
 */
@InternalApi
public final class ProducerStage<T, R> extends GraphStage<FlowShape<T, R>> {

  private static final Logger LOG = LoggerFactory.getLogger("io.github.pekkoeventhubs.Producer");
  private static final String LINGER = "linger";
  private static final String DEMAND = "demand";

  /** A downstream that took a result this recently may ask for the next one. */
  static final Duration DEMAND_PATIENCE = Duration.ofSeconds(1);

  /** Reading the clock costs about as much as an event does, and nothing is that urgent. */
  private static final int EVENTS_PER_READING = 16;

  private final ProducerSettings settings;
  private final Supplier<EventSender> senders;
  private final LongSupplier nanoClock;
  private final Supplier<Unacknowledged<T, R>> bookkeeping;

  private final Inlet<T> in = Inlet.create("Producer.in");
  private final Outlet<R> out = Outlet.create("Producer.out");
  private final FlowShape<T, R> shape = FlowShape.of(in, out);

  private ProducerStage(
      ProducerSettings settings,
      Supplier<EventSender> senders,
      LongSupplier nanoClock,
      Supplier<Unacknowledged<T, R>> bookkeeping) {
    this.settings = settings;
    this.senders = senders;
    this.nanoClock = nanoClock;
    this.bookkeeping = bookkeeping;
  }

  /** With a sender for each materialization, and a monotonic clock. */
  static <P> ProducerStage<Envelope<P>, Results<P>> ofEnvelopes(
      ProducerSettings settings, Supplier<EventSender> senders, LongSupplier nanoClock) {
    return new ProducerStage<>(settings, senders, nanoClock, PendingResults::new);
  }

  /** The same for a sink: emits nothing, and completes when all has been acknowledged. */
  static <T> ProducerStage<T, Done> ofEvents(
      ProducerSettings settings,
      Supplier<EventSender> senders,
      LongSupplier nanoClock,
      Function<T, Routed> routing) {
    return new ProducerStage<>(settings, senders, nanoClock, () -> new PendingEvents<>(routing));
  }

  /** A flow that sends with the SDK's client; each materialization connects for itself. */
  public static <P> Flow<Envelope<P>, Results<P>, NotUsed> flow(ProducerSettings settings) {
    return Flow.fromGraph(
        ProducerStage.<P>ofEnvelopes(
            settings, () -> SdkEventSender.create(settings), System::nanoTime));
  }

  /**
   * A sink that sends with the SDK's client; each materialization connects for itself.
   *
   * @param routing what is sent for an element, and where it goes
   */
  public static <T> Sink<T, CompletionStage<Done>> sink(
      ProducerSettings settings, Function<T, Routed> routing) {
    return Flow.fromGraph(
            ofEvents(settings, () -> SdkEventSender.create(settings), System::nanoTime, routing))
        .toMat(Sink.ignore(), Keep.right());
  }

  @Override
  public FlowShape<T, R> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic implements InHandler, OutHandler {

    private final RouteBatches<OutgoingEvent, BatchLoad> batches =
        new RouteBatches<>(
            settings.maxBatchEvents(),
            settings.maxBatchBytes(),
            settings.maxWait().toNanos(),
            settings.parallelism(),
            this::open);

    private final Unacknowledged<T, R> unacknowledged = bookkeeping.get();
    private final Consumer<OutgoingEvent> intake = this::taken;
    private final AsyncCallback<Sent> onSent = createAsyncCallback(this::sent);
    private int untilReading = EVENTS_PER_READING;
    private boolean upstreamEnded;
    private boolean timerRuns;
    private boolean resultWasTaken;
    private long demandAwaitedUntil;
    private @Nullable Throwable upstreamFailure;
    private @Nullable EventSender sender;
    private @Nullable BatchTransmission transmission;

    private Logic() {
      super(shape);
      setHandlers(in, out, this);
    }

    @Override
    public void preStart() {
      EventSender opened;
      try {
        opened = senders.get();
      } catch (RuntimeException e) {
        fail(e);
        return;
      }
      sender = opened;
      demandAwaitedUntil = nanoClock.getAsLong();
      transmission =
          new BatchTransmission(
              opened,
              new RetryBackoff(
                  settings.maxRetries(),
                  settings.retryMinBackoff(),
                  settings.retryMaxBackoff(),
                  () -> ThreadLocalRandom.current().nextDouble()),
              settings.oversizedEventHandler(),
              materializer().system());
      pull(in);
    }

    /** Only what has been pulled opens a batch. */
    private BatchLoad open(Route route) {
      return Objects.requireNonNull(transmission).open(route);
    }

    @Override
    public void onPush() {
      untilReading--;
      unacknowledged.add(grab(in), intake);
      if (untilReading <= 0 || batches.isReady() || !hasRoom()) {
        proceed();
      } else {
        emitAcknowledged();
        pull(in);
      }
    }

    private void taken(OutgoingEvent event) {
      Batch<OutgoingEvent, BatchLoad> batch =
          batches.add(event.original().route(), event, event.size(), nanoClock);
      batch.preparation().addIfOpen(batch.events());
      if (batch.preparation().isFullWithoutLast(batch.events())) {
        // The SDK counts something for the batch itself. An event that it refuses would have to
        // be sent after the batch, alone and in the batch's place among those in flight.
        batch = batches.moveLast(batch, event.size(), nanoClock);
        batch.preparation().addIfOpen(batch.events());
      }
      if (batch.isNew()) {
        // May be due at once, or the one to wait for.
        untilReading = 0;
      }
    }

    @Override
    public void onPull() {
      proceed();
    }

    @Override
    public void onUpstreamFinish() {
      upstreamEnded = true;
      proceed();
    }

    @Override
    public void onUpstreamFailure(Throwable failure) {
      upstreamEnded = true;
      upstreamFailure = failure;
      proceed();
    }

    @Override
    public void onTimer(Object key) {
      if (key == LINGER) {
        timerRuns = false;
      }
      proceed();
    }

    private void sent(Sent sent) {
      if (sent.failure() != null) {
        fail(sent.failure());
        return;
      }
      batches.finished(sent.batch());
      unacknowledged.acknowledged(sent.batch());
      proceed();
    }

    private void fail(Throwable failure) {
      if (upstreamFailure == null) {
        StreamFailureLog.failed(
            LOG, "producer", "event hub '" + settings.eventHubName() + "'", failure);
        failStage(failure);
      } else {
        upstreamFailure.addSuppressed(failure);
        failStage(upstreamFailure);
      }
    }

    private void proceed() {
      untilReading = EVENTS_PER_READING;
      emitAcknowledged();
      long now = nanoClock.getAsLong();
      sendDue(now);
      if (upstreamFailure != null) {
        if (batches.isEmpty() && !awaitsDemand(now)) {
          failStage(upstreamFailure);
        }
      } else if (upstreamEnded) {
        if (unacknowledged.isEmpty()) {
          completeStage();
        }
      } else if (hasRoom() && !hasBeenPulled(in)) {
        pull(in);
      }
    }

    private boolean awaitsDemand(long now) {
      if (resultWasTaken) {
        resultWasTaken = false;
        demandAwaitedUntil = now + DEMAND_PATIENCE.toNanos();
      }
      long left = demandAwaitedUntil - now;
      if (!unacknowledged.hasResult() || left <= 0) {
        return false;
      }
      scheduleOnce(DEMAND, Duration.ofNanos(left));
      return true;
    }

    private void emitAcknowledged() {
      if (unacknowledged.hasResult() && isAvailable(out)) {
        R result = unacknowledged.nextResult();
        if (result != null) {
          push(out, result);
          resultWasTaken = true;
        }
      }
    }

    private boolean hasRoom() {
      return unacknowledged.bufferedBytes() < settings.maxBufferedBytes();
    }

    /**
     * Without room, and without anything under way that will make room, nothing further will arrive
     * that a batch could wait for.
     */
    private void sendDue(long now) {
      boolean flush = upstreamEnded || (!hasRoom() && !batches.isUnderWay());
      for (Optional<Batch<OutgoingEvent, BatchLoad>> next = batches.next(now, flush);
          next.isPresent();
          next = batches.next(now, flush)) {
        start(next.get());
      }
      if (!timerRuns) {
        OptionalLong due = batches.nextDue();
        if (due.isPresent()) {
          timerRuns = true;
          scheduleOnce(LINGER, Duration.ofNanos(Math.max(due.getAsLong() - now, 1)));
        }
      }
    }

    private void start(Batch<OutgoingEvent, BatchLoad> batch) {
      if (transmission != null) {
        transmission
            .send(batch.preparation(), batch.events())
            .whenComplete((done, failure) -> onSent.invoke(new Sent(batch, unwrapped(failure))));
      }
    }

    @Override
    public void postStop() {
      if (transmission != null) {
        transmission.stop();
      }
      if (sender != null) {
        sender.close();
      }
    }
  }

  private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
    return failure == null ? null : StageFailure.causeOf(failure);
  }

  private record Sent(Batch<OutgoingEvent, BatchLoad> batch, @Nullable Throwable failure) {}
}
