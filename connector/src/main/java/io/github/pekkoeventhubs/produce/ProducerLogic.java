// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.failure.GuardedStageLogic;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import io.github.pekkoeventhubs.produce.RouteBatches.Batch;
import io.github.pekkoeventhubs.tracing.BoundTracing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.jspecify.annotations.Nullable;

/** One run of a {@link ProducerStage}. Confined to the stage, as all stage logic is. */
final class ProducerLogic<T, R> extends GuardedStageLogic {

  private static final String LINGER = "linger";
  private static final String PARTITIONS = "partitions";

  /** Reading the clock costs about as much as an event does, and nothing is that urgent. */
  private static final int EVENTS_PER_READING = 16;

  private final Inlet<T> in;
  private final Outlet<R> out;
  private final ProducerSettings settings;
  private final Function<ActorSystem, EventSender> senders;
  private final LongSupplier nanoClock;
  private final Unacknowledged<T, R> unacknowledged;
  private final Attributes attributes;
  private final RouteBatches<OutgoingEvent, BatchLoad> batches;
  private final @Nullable Object caller = BoundTracing.callersContext();
  private final AsyncCallback<Sent> onSent = onStagesThread(this::sent);
  private final KeyPlacement placement = new KeyPlacement();
  private final AsyncCallback<Partitions> onPartitions = onStagesThread(this::partitionsFound);

  /** Events with keys that came before the partitions were known. */
  private final ArrayDeque<OutgoingEvent> unplaced = new ArrayDeque<>();

  private final @Nullable SentNumbers numbers;

  private int untilReading = EVENTS_PER_READING;
  private Consumer<OutgoingEvent> intake = this::arrived;
  private boolean upstreamEnded;
  private boolean timerRuns;
  private boolean partitionsAsked;
  private @Nullable Throwable upstreamFailure;
  private @Nullable EventSender sender;
  private @Nullable BatchTransmission transmission;

  ProducerLogic(
      FlowShape<T, R> shape,
      ProducerSettings settings,
      Function<ActorSystem, EventSender> senders,
      LongSupplier nanoClock,
      InstantSource clock,
      Unacknowledged<T, R> unacknowledged,
      Attributes attributes) {
    super(shape, UnexpectedFailure.PRODUCER);
    this.in = shape.in();
    this.out = shape.out();
    this.settings = settings;
    this.senders = senders;
    this.nanoClock = nanoClock;
    this.unacknowledged = unacknowledged;
    this.attributes = attributes;
    this.batches =
        new RouteBatches<>(
            settings.maxBatchEvents(),
            settings.maxBatchBytes(),
            settings.maxWait().toNanos(),
            settings.parallelism(),
            this::open);
    this.numbers =
        settings.producerId().map(id -> new SentNumbers(id, clock.millis())).orElse(null);
    setHandlers(in, out, guarded(inputAndOutput()));
  }

  private AbstractInOutHandler inputAndOutput() {
    return new AbstractInOutHandler() {
      @Override
      public void onPush() {
        pushed();
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
    };
  }

  @Override
  protected void started() {
    EventSender opened = senders.apply(materializer().system());
    sender = opened;
    intake = opened.intake(this::arrived, caller);
    transmission =
        new BatchTransmission(
            opened,
            new RetryBackoff(
                settings.maxRetries(),
                settings.retryMinBackoff(),
                settings.retryMaxBackoff(),
                () -> ThreadLocalRandom.current().nextDouble()),
            settings.unanswered(),
            settings.oversizedEventHandler(),
            unacknowledged.failsAlone(),
            materializer().system(),
            dispatcher());
    pull(in);
  }

  /** The one that the stream runs on. */
  private Executor dispatcher() {
    String name = attributes.getMandatoryAttribute(ActorAttributes.Dispatcher.class).dispatcher();
    return materializer()
        .system()
        .dispatchers()
        .lookup(name.isEmpty() ? Dispatchers.DefaultDispatcherId() : name);
  }

  /** Only what has been pulled opens a batch. */
  private BatchLoad open(Destination destination) {
    return transmission().open(destination);
  }

  private BatchTransmission transmission() {
    return Objects.requireNonNull(transmission);
  }

  private void pushed() {
    untilReading--;
    unacknowledged.add(grab(in), intake);
    if (untilReading <= 0 || batches.isReady() || !hasRoom()) {
      proceed();
    } else {
      emitAcknowledged();
      pull(in);
    }
  }

  private void arrived(OutgoingEvent event) {
    if (numbers != null) {
      event.expectNumber(numbers.producerId());
    }
    taken(event);
  }

  private void taken(OutgoingEvent event) {
    Route route = event.original().route();
    if (placement.hasPlaceFor(route)) {
      place(event, route.choose(placement));
    } else {
      unplaced.add(event);
      askForPartitions();
    }
  }

  private void place(OutgoingEvent event, Destination destination) {
    if (numbers != null && destination.ordered()) {
      event.number(numbers.next(destination));
    }
    Batch<OutgoingEvent, BatchLoad> batch =
        batches.add(destination, event, event.size(), nanoClock);
    batch.preparation().addIfOpen(batch.events());
    if (batch.preparation().isFullWithoutLast(batch.events())) {
      // The SDK counts something for the batch itself. An event that it refuses would have to be
      // sent after the batch, alone and in the batch's place among those in flight.
      batch = batches.moveLast(batch, event.size(), nanoClock);
      batch.preparation().addIfOpen(batch.events());
    }
    batch.hold(event.footprint());
    if (batch.isNew()) {
      // May be due at once, or the one to wait for.
      untilReading = 0;
    }
  }

  private ProducerLog log() {
    return ProducerLog.of(settings, sender);
  }

  private void askForPartitions() {
    if (partitionsAsked) {
      return;
    }
    partitionsAsked = true;
    CompletableFuture<List<String>> answer = transmission().partitionIds().toCompletableFuture();
    if (answer.isDone() && !answer.isCompletedExceptionally()) {
      // The push that asks for them goes on by itself.
      partitionsAre(answer.join());
    } else {
      answer.whenComplete(
          (ids, failure) -> onPartitions.invoke(new Partitions(ids, unwrapped(failure))));
    }
  }

  private void partitionsFound(Partitions found) {
    if (found.ids() != null) {
      partitionsAre(found.ids());
      proceed();
    } else if (placement.isKnown()) {
      log().partitionsNotFound(found.failure());
      askForPartitionsLater();
    } else if (unacknowledged.failsAlone()) {
      Throwable failure = Objects.requireNonNull(found.failure());
      partitionsAsked = false;
      while (!unplaced.isEmpty()) {
        unacknowledged.failed(unplaced.remove(), failure);
      }
      proceed();
    } else {
      fail(Objects.requireNonNull(found.failure()));
    }
  }

  private void partitionsAre(List<String> ids) {
    int before = placement.partitions();
    if (placement.partitionsAre(ids) && before > 0) {
      log().partitionsChanged(ids.size(), before);
    }
    askForPartitionsLater();
    while (!unplaced.isEmpty()) {
      taken(unplaced.remove());
    }
  }

  private void askForPartitionsLater() {
    partitionsAsked = false;
    scheduleOnce(PARTITIONS, settings.partitionRefreshInterval());
  }

  @Override
  protected void timerFired(Object key) {
    if (key == PARTITIONS) {
      askForPartitions();
      return;
    }
    timerRuns = false;
    proceed();
  }

  private void sent(Sent sent) {
    Throwable failure = sent.failure();
    if (failure != null && !unacknowledged.failsAlone()) {
      fail(failure);
      return;
    }
    batches.finished(sent.batch());
    if (failure == null) {
      unacknowledged.acknowledged(sent.batch());
    } else {
      sent.batch().events().forEach(event -> unacknowledged.failed(event, failure));
    }
    proceed();
  }

  @Override
  protected void unexpected(EventHubsException thrown) {
    fail(thrown);
  }

  private void fail(Throwable failure) {
    if (upstreamFailure == null) {
      log().failed(failure);
      failStage(failure);
    } else {
      upstreamFailure.addSuppressed(failure);
      failStage(upstreamFailure);
    }
  }

  private void proceed() {
    untilReading = EVENTS_PER_READING;
    emitAcknowledged();
    sendDue(nanoClock.getAsLong());
    if (upstreamEnded) {
      endIfDone();
    } else if (hasRoom() && !hasBeenPulled(in)) {
      pull(in);
    }
  }

  private void endIfDone() {
    if (!unacknowledged.isEmpty()) {
      return;
    }
    if (upstreamFailure == null) {
      completeStage();
    } else {
      failStage(upstreamFailure);
    }
  }

  private void emitAcknowledged() {
    if (unacknowledged.hasResult() && isAvailable(out)) {
      R result = unacknowledged.nextResult();
      if (result != null) {
        push(out, result);
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
    transmission()
        .send(batch.preparation(), batch.events())
        .whenComplete((done, failure) -> onSent.invoke(new Sent(batch, unwrapped(failure))));
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

  private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
    return failure == null ? null : StageFailure.causeOf(failure);
  }

  private record Sent(Batch<OutgoingEvent, BatchLoad> batch, @Nullable Throwable failure) {}

  private record Partitions(@Nullable List<String> ids, @Nullable Throwable failure) {}
}
