// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.produce.RouteBatches.Batch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
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

/**
 * Sends the events of envelopes in batches, and emits the results of each envelope, in the order of
 * the envelopes, when all of its events have been acknowledged. Asks for envelopes ahead of demand,
 * while what it holds stays below {@code max-buffered-bytes}.
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
 */
@InternalApi
public final class ProducerStage<P> extends GraphStage<FlowShape<Envelope<P>, Results<P>>> {

  private static final String LINGER = "linger";
  private static final String DEMAND = "demand";

  /** Who took a result so recently may be about to ask for the next one. */
  static final Duration DEMAND_PATIENCE = Duration.ofSeconds(1);

  private final ProducerSettings settings;
  private final Supplier<EventSender> senders;
  private final LongSupplier nanoClock;

  /** Whether somebody wants to see the results, which are many objects that have gone cold. */
  private final boolean emitsResults;

  private final Inlet<Envelope<P>> in = Inlet.create("Producer.in");
  private final Outlet<Results<P>> out = Outlet.create("Producer.out");
  private final FlowShape<Envelope<P>, Results<P>> shape = FlowShape.of(in, out);

  /** With a sender for each materialization, and a monotonic clock. */
  ProducerStage(ProducerSettings settings, Supplier<EventSender> senders, LongSupplier nanoClock) {
    this(settings, senders, nanoClock, true);
  }

  private ProducerStage(
      ProducerSettings settings,
      Supplier<EventSender> senders,
      LongSupplier nanoClock,
      boolean emitsResults) {
    this.settings = settings;
    this.senders = senders;
    this.nanoClock = nanoClock;
    this.emitsResults = emitsResults;
  }

  /** A flow that sends with the SDK's client; each materialization connects for itself. */
  public static <P> Flow<Envelope<P>, Results<P>, NotUsed> flow(ProducerSettings settings) {
    return Flow.fromGraph(
        new ProducerStage<>(settings, () -> SdkEventSender.create(settings), System::nanoTime));
  }

  /** A sink that sends with the SDK's client; each materialization connects for itself. */
  public static <P> Sink<Envelope<P>, CompletionStage<Done>> sink(ProducerSettings settings) {
    return Flow.fromGraph(
            new ProducerStage<P>(
                settings, () -> SdkEventSender.create(settings), System::nanoTime, false))
        .toMat(Sink.ignore(), Keep.right());
  }

  @Override
  public FlowShape<Envelope<P>, Results<P>> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic implements InHandler, OutHandler {

    private final RouteBatches<OutgoingEvent> batches =
        new RouteBatches<>(
            settings.maxBatchEvents(),
            settings.maxBatchBytes(),
            settings.maxWait().toNanos(),
            settings.parallelism());

    /** In the order of arrival, which is the order of emission. */
    private final ArrayDeque<PendingEnvelope<P>> pending = new ArrayDeque<>();

    private final AsyncCallback<Sent> onSent = createAsyncCallback(this::sent);
    private long bufferedBytes;
    private boolean upstreamEnded;
    private boolean timerRuns;
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
        failStage(e);
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

    @Override
    public void onPush() {
      PendingEnvelope<P> envelope = new PendingEnvelope<>(grab(in));
      pending.add(envelope);
      bufferedBytes += envelope.bufferedBytes();
      long now = nanoClock.getAsLong();
      for (OutgoingEvent event : envelope.events()) {
        batches.add(event.original().route(), event, event.size(), now);
      }
      proceed(now);
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
      for (OutgoingEvent event : sent.batch().events()) {
        event.envelope().acknowledgeOne();
      }
      proceed();
    }

    private void fail(Throwable failure) {
      if (upstreamFailure == null) {
        failStage(failure);
      } else {
        upstreamFailure.addSuppressed(failure);
        failStage(upstreamFailure);
      }
    }

    private void proceed() {
      proceed(nanoClock.getAsLong());
    }

    private void proceed(long now) {
      emitAcknowledged(now);
      sendDue(now);
      if (upstreamFailure != null) {
        if (batches.isEmpty() && !awaitsDemand(now)) {
          failStage(upstreamFailure);
        }
      } else if (upstreamEnded) {
        if (pending.isEmpty()) {
          completeStage();
        }
      } else if (hasRoom() && !hasBeenPulled(in)) {
        pull(in);
      }
    }

    private boolean awaitsDemand(long now) {
      long left = demandAwaitedUntil - now;
      if (pending.isEmpty() || left <= 0) {
        return false;
      }
      scheduleOnce(DEMAND, Duration.ofNanos(left));
      return true;
    }

    private void emitAcknowledged(long now) {
      PendingEnvelope<P> first = pending.peek();
      if (!emitsResults) {
        for (; first != null && first.isAcknowledged(); first = pending.peek()) {
          remove(first);
        }
      } else if (first != null && first.isAcknowledged() && isAvailable(out)) {
        remove(first);
        push(out, first.results());
        demandAwaitedUntil = now + DEMAND_PATIENCE.toNanos();
      }
    }

    private void remove(PendingEnvelope<P> first) {
      pending.remove();
      bufferedBytes -= first.bufferedBytes();
    }

    private boolean hasRoom() {
      return bufferedBytes < settings.maxBufferedBytes();
    }

    /** Without room nothing further will arrive that a batch could wait for. */
    private void sendDue(long now) {
      boolean flush = upstreamEnded || !hasRoom();
      for (Optional<Batch<OutgoingEvent>> next = batches.next(now, flush);
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

    private void start(Batch<OutgoingEvent> batch) {
      if (transmission != null) {
        transmission
            .send(batch.route(), batch.events())
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

  private record Sent(Batch<OutgoingEvent> batch, @Nullable Throwable failure) {}
}
