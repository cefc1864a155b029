// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.commit.CommitAhead;
import io.github.pekkoeventhubs.receive.ConsumerControl;
import io.github.pekkoeventhubs.receive.ConsumerHandle;
import io.github.pekkoeventhubs.receive.ManualPositions;
import io.github.pekkoeventhubs.receive.MergedSource;
import io.github.pekkoeventhubs.receive.PartitionedSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceWithContext;
import org.jspecify.annotations.Nullable;

/**
 * Sources of events.
 *
 * <p>All of them keep the order within a partition, and none between partitions. Lost connections,
 * throttling and stolen links are overcome without the stream noticing. What cannot be overcome (an
 * unknown event hub or consumer group, refused credentials, an unreadable checkpoint) fails the
 * stream with an {@link io.github.pekkoeventhubs.EventHubsException} that says what to do.
 */
public final class Consumer {

  /** More than any event hub has. */
  private static final int MAX_PARTITIONS = 4096;

  /** Whatever the stream around it does: what is closer to an operator counts. */
  private static final Attributes FAILURES_FAIL_THE_STREAM =
      ActorAttributes.withSupervisionStrategy(Supervision.getStoppingDecider());

  private Consumer() {}

  /**
   * Events of all partitions of the subscription, each with the offset that commits it. At least
   * once: pass {@link CommittableEvent#committableOffset()} on to a {@link Committer} after the
   * event has been processed, in order; what was not committed is emitted again after a restart or
   * a crash.
   *
   * <p>When a partition moves gracefully, its new owner starts exactly after the last event that
   * was acknowledged here. A slow partition does not keep the others waiting for longer than it
   * takes the stream to process what was emitted.
   */
  public static Source<CommittableEvent, Control> committableSource(
      ConsumerSettings settings, Subscription subscription) {
    return Source.fromGraph(MergedSource.committable(settings, subscription))
        .mapMaterializedValue(handle -> control(handle, settings));
  }

  /**
   * A source per partition, emitted when the partition is assigned, which completes when the
   * partition is given up. Run each as soon as it is emitted: an unread partition is still owned. A
   * partition whose source the user cancels or fails is emitted again, from the event after the
   * last one that was acknowledged: at once if something was, else after a delay that grows from
   * 200 ms to 5 s.
   */
  public static Source<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>, Control>
      committablePartitionedSource(ConsumerSettings settings, Subscription subscription) {
    return Source.fromGraph(PartitionedSource.committable(settings, subscription))
        .mapMaterializedValue(handle -> control(handle, settings));
  }

  /**
   * Like {@link #committableSource}, with the offset as context, so that operators on the events
   * cannot lose or reorder it. End it with {@link Committer#sinkWithOffsetContext} or {@link
   * Committer#flowWithOffsetContext}. A flow that is composed with {@code via} declares {@link
   * CommittableOffset} as its context.
   */
  public static SourceWithContext<PartitionEvent, CommittableOffset, Control>
      sourceWithOffsetContext(ConsumerSettings settings, Subscription subscription) {
    return SourceWithContext.fromPairs(
        committableSource(settings, subscription)
            .map(event -> Pair.create(event.partitionEvent(), event.committableOffset())));
  }

  /**
   * Events without offsets, for streams that keep their positions elsewhere or need none. A
   * partition starts at its checkpoint if there is a store that has one, and else at the initial
   * position; nothing is committed.
   */
  public static Source<PartitionEvent, Control> plainSource(
      ConsumerSettings settings, Subscription subscription) {
    return Source.fromGraph(MergedSource.plain(settings, subscription))
        .mapMaterializedValue(handle -> control(handle, settings));
  }

  /**
   * A source per partition without offsets; see {@link #plainSource}. A partition whose source the
   * user cancels or fails is emitted again from the first event that was not emitted, after a delay
   * that grows to 5 s while none is.
   */
  public static Source<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>, Control>
      plainPartitionedSource(ConsumerSettings settings, Subscription subscription) {
    return Source.fromGraph(PartitionedSource.plain(settings, subscription))
        .mapMaterializedValue(handle -> control(handle, settings));
  }

  /**
   * A source per partition, like {@link #plainPartitionedSource}, for streams that keep their
   * positions themselves, usually in one transaction with their results.
   *
   * <p>{@code positionsOnAssign} is called whenever a partition has been assigned, with a set of
   * that partition, before the first event is read; partitions are assigned independently of each
   * other and concurrently. Where its answer has no position, the partition starts at its
   * checkpoint, if there is one, and else at the initial position. If it fails, the stream fails
   * with an {@link io.github.pekkoeventhubs.EventHubsException} of that cause. After the user has
   * ended the source of a partition that stays here it is not asked again: that goes on with the
   * first unread event.
   *
   * @param positionsOnAssign called on the thread of the partition's owner; must not block
   */
  public static Source<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>, Control>
      plainPartitionedManualOffsetSource(
          ConsumerSettings settings,
          Subscription subscription,
          Function<
                  ? super Set<EventHubPartition>,
                  ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
              positionsOnAssign) {
    return plainPartitionedManualOffsetSource(
        settings,
        subscription,
        positionsOnAssign,
        partitions -> CompletableFuture.completedFuture(Done.getInstance()));
  }

  /**
   * Like the other, and calls {@code onRevoke} when a partition is being handed over and its last
   * event has been emitted: the time to store the last position. The hand-over waits for the stage
   * it returns, up to five eighths of {@code handover-timeout}; a failure is logged. It is not
   * called for a partition that was lost, which has another owner already (the subscription's
   * listener hears of that), nor for one that was given up before its last event could be emitted,
   * because the stream did not stop in that time; nor when the user has ended the partition's
   * source while the partition stays here.
   *
   * @param onRevoke called on the thread of the partition's owner; must not block
   */
  public static Source<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>, Control>
      plainPartitionedManualOffsetSource(
          ConsumerSettings settings,
          Subscription subscription,
          Function<
                  ? super Set<EventHubPartition>,
                  ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
              positionsOnAssign,
          Function<? super Set<EventHubPartition>, ? extends CompletionStage<?>> onRevoke) {
    return Source.fromGraph(
            PartitionedSource.plainFrom(
                settings, subscription, new ManualPositions(positionsOnAssign, onRevoke)))
        .mapMaterializedValue(handle -> control(handle, settings));
  }

  /**
   * A source per partition, like {@link #committablePartitionedSource}, for streams that decide
   * themselves where to start; {@code positionsOnAssign} is that of {@link
   * #plainPartitionedManualOffsetSource}. Offsets can be committed too, for example for tools that
   * show the lag: while a position lies below the checkpoint, commits are skipped until the
   * checkpoint is passed, with one warning.
   *
   * @param positionsOnAssign called on the thread of the partition's owner; must not block
   */
  public static Source<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>, Control>
      committablePartitionedManualOffsetSource(
          ConsumerSettings settings,
          Subscription subscription,
          Function<
                  ? super Set<EventHubPartition>,
                  ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
              positionsOnAssign) {
    return committablePartitionedManualOffsetSource(
        settings,
        subscription,
        positionsOnAssign,
        partitions -> CompletableFuture.completedFuture(Done.getInstance()));
  }

  /**
   * Like the other, and calls {@code onRevoke} when a partition is being handed over and its last
   * event has been emitted: the time to store the last position. The hand-over waits for the stage
   * it returns, up to five eighths of {@code handover-timeout}; a failure is logged. It is not
   * called for a partition that was lost, which has another owner already (the subscription's
   * listener hears of that), nor for one that was given up before its last event could be emitted,
   * because the stream did not stop in that time; nor when the user has ended the partition's
   * source while the partition stays here.
   *
   * @param onRevoke called on the thread of the partition's owner; must not block
   */
  public static Source<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>, Control>
      committablePartitionedManualOffsetSource(
          ConsumerSettings settings,
          Subscription subscription,
          Function<
                  ? super Set<EventHubPartition>,
                  ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
              positionsOnAssign,
          Function<? super Set<EventHubPartition>, ? extends CompletionStage<?>> onRevoke) {
    return Source.fromGraph(
            PartitionedSource.committableFrom(
                settings, subscription, new ManualPositions(positionsOnAssign, onRevoke)))
        .mapMaterializedValue(handle -> control(handle, settings));
  }

  /**
   * Events that are committed before they are emitted: at most once. What the stream does not
   * finish is not seen again, neither after a failure nor after a crash.
   *
   * <p>Commits are made ahead in batches, one write for each, of {@code max-committed-ahead} events
   * at most. That is also the bound of what is lost of a partition when the process dies before it
   * has emitted what it has committed. In a hand-over, a drain and a shutdown nothing is lost and
   * nothing repeated: a partition is released after everything committed has been emitted, or when
   * the hand-over timeout has passed, and what was committed by then is still emitted.
   *
   * <p>A commit that fails for good fails the stream.
   */
  public static Source<PartitionEvent, Control> atMostOnceSource(
      ConsumerSettings settings, Subscription subscription) {
    return committablePartitionedSource(settings, subscription)
        .flatMapMerge(
            MAX_PARTITIONS,
            partition -> partition.second().via(new CommitAhead(settings.maxCommittedAhead())));
  }

  /**
   * Processes each partition in batches, one after the other and in order: when the stage of {@code
   * handler} completes, the batch is committed and what was committed is emitted. At least once: a
   * batch whose handler fails is not committed, and fails the stream. No supervision strategy
   * changes that, since a batch that is left out would be committed with the next one.
   *
   * <p>Partitions are processed concurrently, so that the handler may be called on several threads
   * at once, for different partitions. While it works on a batch the next one of its partition
   * gathers. In a hand-over the last, smaller batch is processed and committed too. The committer
   * is configured by {@code pekko.eventhubs.committer}, except that it commits after each batch.
   *
   * @param maxBatch events per batch at most
   * @param maxWait how long a smaller batch waits for more events, counted from the last batch
   */
  public static Source<CommittableOffsetBatch, Control> processBatches(
      ConsumerSettings settings,
      Subscription subscription,
      int maxBatch,
      Duration maxWait,
      Function<? super List<CommittableEvent>, ? extends CompletionStage<?>> handler) {
    Flow<
            Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>,
            CommittableOffsetBatch,
            NotUsed>
        batches =
            Flow.<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>>create()
                .flatMapMerge(
                    MAX_PARTITIONS,
                    partition ->
                        partition
                            .second()
                            .groupedWithin(maxBatch, maxWait)
                            .mapAsync(
                                1, batch -> handler.apply(batch).thenApply(done -> offsets(batch)))
                            .via(commitEach()))
                .addAttributes(FAILURES_FAIL_THE_STREAM);
    return committablePartitionedSource(settings, subscription).via(batches);
  }

  private static CommittableOffsetBatch offsets(List<CommittableEvent> events) {
    return CommittableOffsetBatch.of(
        events.stream().map(CommittableEvent::committableOffset).toList());
  }

  private static Flow<CommittableOffsetBatch, CommittableOffsetBatch, ?> commitEach() {
    return Flow.fromMaterializer(
        (materializer, attributes) ->
            Committer.<CommittableOffsetBatch>batchFlow(
                CommitterSettings.create(materializer.system())
                    .withDelivery(CommitDelivery.WAIT_FOR_ACK)
                    .withWhen(CommitWhen.OFFSET_FIRST_OBSERVED)
                    .withMaxBatch(1)));
  }

  private static Control control(ConsumerHandle handle, ConsumerSettings settings) {
    return new HandleControl(new ConsumerControl(handle, settings));
  }

  /** For {@code toMat(sink, Consumer::createDrainingControl)}. */
  public static <T> DrainingControl<T> createDrainingControl(
      Control control, CompletionStage<T> streamCompletion) {
    return new DrainingControl<>(control, streamCompletion);
  }

  /** For {@code toMat(sink, Keep.both()).mapMaterializedValue(Consumer::createDrainingControl)}. */
  public static <T> DrainingControl<T> createDrainingControl(
      Pair<? extends Control, CompletionStage<T>> controlAndCompletion) {
    return new DrainingControl<>(controlAndCompletion.first(), controlAndCompletion.second());
  }

  /**
   * A control over all incarnations of a source that is restarted with backoff:
   *
   * <pre>{@code
   * Consumer.RestartingControl restarting = Consumer.createRestartingControl();
   * Consumer.DrainingControl<Done> control =
   *     RestartSource.onFailuresWithBackoff(
   *             restartSettings,
   *             () ->
   *                 Consumer.committableSource(settings, subscription)
   *                     .mapMaterializedValue(restarting::attach)
   *                     .mapAsync(1, this::process))
   *         .toMat(Committer.sink(committerSettings), (notUsed, done) -> restarting.draining(done))
   *         .run(system);
   * }</pre>
   *
   * Each is for one stream.
   */
  public static RestartingControl createRestartingControl() {
    return new RestartingControl();
  }

  /** By which a running source is stopped and watched. Thread-safe. */
  public interface Control {

    /**
     * Stops receiving and completes the source. Its partitions are drained, what was acknowledged
     * is stored, and they are released, without further waiting here.
     *
     * @return completes when the source has emitted its last event; at the latest when the
     *     hand-over timeout has passed, should the stream's thread be blocked
     */
    CompletionStage<Done> stop();

    /**
     * Stops, and waits until every partition is released and the connections are closed: at the
     * latest when the hand-over timeout and two seconds have passed. Partitions are released also
     * while the stream's thread is blocked.
     *
     * @return completes when nothing is owned any more
     */
    CompletionStage<Done> shutdown();

    /**
     * Stops, lets the stream finish what was emitted, and shuts down. Ends in any case: a stream
     * that has not completed when the hand-over timeout has passed fails the result with a {@link
     * java.util.concurrent.TimeoutException}, and its partitions are released all the same.
     *
     * @param streamCompletion completes with the stream
     * @return the result of the stream, after the shutdown
     */
    <T> CompletionStage<T> drainAndShutdown(CompletionStage<T> streamCompletion);

    /** Completes when the source has ended, for whatever reason, and nothing is owned any more. */
    CompletionStage<Done> isShutdown();

    /** Stops emitting and receiving, and keeps all partitions, until {@link #resume}. */
    void pause();

    /** Goes on after {@link #pause}. */
    void resume();

    /** What the source is doing: a snapshot that costs the stream nothing. */
    ConsumerStatus status();
  }

  /**
   * A control together with the completion of its stream.
   *
   * @param <T> the result of the stream
   */
  public static final class DrainingControl<T> implements Control {

    private final Control control;
    private final CompletionStage<T> streamCompletion;

    private DrainingControl(Control control, CompletionStage<T> streamCompletion) {
      this.control = control;
      this.streamCompletion = streamCompletion;
    }

    /** Stops, lets the stream finish, and shuts down; see {@link Control#drainAndShutdown}. */
    public CompletionStage<T> drainAndShutdown() {
      return control.drainAndShutdown(streamCompletion);
    }

    /** Completes when the stream does. */
    public CompletionStage<T> streamCompletion() {
      return streamCompletion;
    }

    @Override
    public CompletionStage<Done> stop() {
      return control.stop();
    }

    @Override
    public CompletionStage<Done> shutdown() {
      return control.shutdown();
    }

    @Override
    public <S> CompletionStage<S> drainAndShutdown(CompletionStage<S> completion) {
      return control.drainAndShutdown(completion);
    }

    @Override
    public CompletionStage<Done> isShutdown() {
      return control.isShutdown();
    }

    @Override
    public void pause() {
      control.pause();
    }

    @Override
    public void resume() {
      control.resume();
    }

    @Override
    public ConsumerStatus status() {
      return control.status();
    }
  }

  /**
   * The control of a source that is restarted. What is asked of it is asked of the incarnation that
   * runs, and of every later one: an incarnation that is attached after a stop is stopped before it
   * has taken any partition. Thread-safe.
   *
   * <p>An incarnation that fails keeps its partitions for the {@code restart-hold} of its settings,
   * until the next one has been attached, or until this is stopped: they do not move to other nodes
   * during the backoff. What was emitted and not acknowledged is emitted again to the next one.
   */
  public static final class RestartingControl implements Control {

    /** The default hand-over timeout and some more: nothing has settings yet. */
    private static final Duration FIRST_INCARNATION = Duration.ofSeconds(10);

    private final Duration firstIncarnation;
    private final CompletableFuture<Done> firstAttached = new CompletableFuture<>();
    private final CompletableFuture<Done> shutdown = new CompletableFuture<>();

    // Guarded by this.
    private @Nullable Control current;
    private boolean stopRequested;
    private boolean streamHasEnded;
    private boolean paused;

    private RestartingControl() {
      this(FIRST_INCARNATION);
    }

    /**
     * @param firstIncarnation how long a drain waits for something to drain
     */
    RestartingControl(Duration firstIncarnation) {
      this.firstIncarnation = firstIncarnation;
    }

    /**
     * Follows a new incarnation; for {@code mapMaterializedValue} within the restarted part.
     *
     * @return the same control
     */
    public Control attach(Control incarnation) {
      Control previous;
      boolean stop;
      boolean pause;
      synchronized (this) {
        previous = current;
        current = incarnation;
        stop = stopRequested;
        pause = paused;
      }
      if (incarnation instanceof HandleControl next) {
        next.delegate().holdAfterFailure();
        if (previous instanceof HandleControl held) {
          next.delegate().succeed(held.delegate());
        }
      }
      if (pause) {
        incarnation.pause();
      }
      if (stop) {
        incarnation.stop();
        endHold(previous);
      }
      firstAttached.complete(Done.getInstance());
      incarnation.isShutdown().thenRun(() -> incarnationEnded(incarnation));
      return incarnation;
    }

    /**
     * For {@code toMat(sink, (notUsed, done) -> restarting.draining(done))}.
     *
     * @param streamCompletion completes with the whole stream, after the last incarnation
     */
    public <T> DrainingControl<T> draining(CompletionStage<T> streamCompletion) {
      streamCompletion.whenComplete(
          (result, error) -> {
            Control last;
            synchronized (this) {
              streamHasEnded = true;
              last = current;
            }
            endHold(last);
            completeWith(last);
          });
      return new DrainingControl<>(this, streamCompletion);
    }

    private static void endHold(@Nullable Control control) {
      if (control instanceof HandleControl held) {
        held.delegate().endHold();
      }
    }

    /** Answers the incarnation that was attached last. */
    private @Nullable Control requestStop() {
      Control last;
      synchronized (this) {
        stopRequested = true;
        last = current;
      }
      completeWith(last);
      return last;
    }

    private void completeWith(@Nullable Control last) {
      if (last == null) {
        shutdown.complete(Done.getInstance());
      } else {
        last.isShutdown().thenRun(() -> incarnationEnded(last));
      }
    }

    private void incarnationEnded(Control incarnation) {
      boolean last;
      synchronized (this) {
        last = current == incarnation && (stopRequested || streamHasEnded);
      }
      if (last) {
        shutdown.complete(Done.getInstance());
      }
    }

    private synchronized @Nullable Control current() {
      return current;
    }

    private static CompletionStage<Done> done() {
      return CompletableFuture.completedFuture(Done.getInstance());
    }

    /**
     * Stops the incarnation that runs, and every later one. The restarted part sees a completion,
     * and with {@code onFailuresWithBackoff} completes; during a backoff it does so when the
     * backoff is over.
     */
    @Override
    public CompletionStage<Done> stop() {
      Control last = requestStop();
      return last == null ? done() : last.stop();
    }

    /** Stops, and waits until every partition is released; see {@link Control#shutdown}. */
    @Override
    public CompletionStage<Done> shutdown() {
      Control last = requestStop();
      return last == null ? done() : last.shutdown();
    }

    /**
     * Drains the incarnation that runs; see {@link Control#drainAndShutdown}. A backoff that is not
     * over within the hand-over timeout fails the result with a {@link
     * java.util.concurrent.TimeoutException}, although nothing is left to drain: how the stream
     * ends is not known before. So does a stream that has neither attached an incarnation nor ended
     * within 10 s.
     */
    @Override
    public <T> CompletionStage<T> drainAndShutdown(CompletionStage<T> streamCompletion) {
      requestStop();
      CompletionStage<T> drained =
          CompletableFuture.anyOf(
                  firstAttached,
                  streamCompletion
                      .handle((result, error) -> Done.getInstance())
                      .toCompletableFuture())
              .orTimeout(firstIncarnation.toMillis(), TimeUnit.MILLISECONDS)
              .exceptionallyCompose(error -> CompletableFuture.failedFuture(neverBegun()))
              .thenCompose(
                  begun -> {
                    Control last = current();
                    return last == null
                        ? streamCompletion
                        : last.drainAndShutdown(streamCompletion);
                  });
      return drained
          .handle((result, error) -> shutdown().thenCompose(released -> drained))
          .thenCompose(Function.identity());
    }

    private TimeoutException neverBegun() {
      return new TimeoutException(
          "no incarnation of the source was attached within "
              + firstIncarnation
              + ", and the stream has not ended: there is nothing to drain. One that is attached"
              + " later is stopped at once");
    }

    /**
     * Completes when no incarnation owns anything any more and none is expected: this was stopped,
     * or the stream given to {@link #draining} has ended.
     */
    @Override
    public CompletionStage<Done> isShutdown() {
      return shutdown.minimalCompletionStage();
    }

    /** Pauses the incarnation that runs, and every later one, until {@link #resume}. */
    @Override
    public void pause() {
      pause(true);
    }

    @Override
    public void resume() {
      pause(false);
    }

    private void pause(boolean pause) {
      Control last;
      synchronized (this) {
        paused = pause;
        last = current;
      }
      if (last != null) {
        if (pause) {
          last.pause();
        } else {
          last.resume();
        }
      }
    }

    /** What the incarnation is doing that was attached last; empty before the first. */
    @Override
    public ConsumerStatus status() {
      Control last = current();
      return last == null ? new ConsumerStatus(Map.of()) : last.status();
    }
  }

  /** The control of a source of this class. */
  private record HandleControl(ConsumerControl delegate) implements Control {

    @Override
    public CompletionStage<Done> stop() {
      return delegate.stop();
    }

    @Override
    public CompletionStage<Done> shutdown() {
      return delegate.shutdown();
    }

    @Override
    public <T> CompletionStage<T> drainAndShutdown(CompletionStage<T> streamCompletion) {
      return delegate.drainAndShutdown(streamCompletion);
    }

    @Override
    public CompletionStage<Done> isShutdown() {
      return delegate.isShutdown();
    }

    @Override
    public void pause() {
      delegate.pause();
    }

    @Override
    public void resume() {
      delegate.resume();
    }

    @Override
    public ConsumerStatus status() {
      return delegate.status();
    }
  }
}
