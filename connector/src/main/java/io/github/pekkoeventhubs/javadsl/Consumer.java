// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionPositions;
import io.github.pekkoeventhubs.SourceControl;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.commit.CommitAhead;
import io.github.pekkoeventhubs.receive.BoundedControl;
import io.github.pekkoeventhubs.receive.MergedSource;
import io.github.pekkoeventhubs.receive.PartitionedSource;
import io.github.pekkoeventhubs.receive.SourceLifetime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceWithContext;

/**
 * Sources of events.
 *
 * <p>All of them keep the order within a partition, and none between partitions. Lost connections,
 * throttling and stolen links are overcome without the stream noticing. Other failures (an unknown
 * event hub or consumer group, refused credentials, an unreadable checkpoint) fail the stream with
 * an {@link io.github.pekkoeventhubs.EventHubsException} that says what to do, and whether trying
 * again can help.
 *
 * <p>Sources are blueprints: immutable, and safe for all threads. Events are emitted on the
 * stream's thread, and received on threads of the SDK and of the connector's actors.
 */
public final class Consumer {

  /** More than any event hub has. */
  private static final int MAX_PARTITIONS = 4096;

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
        .mapMaterializedValue(lifetime -> new ControlOfSource(lifetime, settings));
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
        .mapMaterializedValue(lifetime -> new ControlOfSource(lifetime, settings));
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
   *
   * <p>With {@code Subscriptions.partitionsFrom(..).until(ReadUntil.now())} it completes when what
   * is there now has been emitted: older data is read again in one line. See {@link
   * Subscription#until}.
   */
  public static Source<PartitionEvent, Control> plainSource(
      ConsumerSettings settings, Subscription subscription) {
    return Source.fromGraph(MergedSource.plain(settings, subscription))
        .mapMaterializedValue(lifetime -> new ControlOfSource(lifetime, settings));
  }

  /**
   * A source per partition without offsets; see {@link #plainSource}. A partition whose source the
   * user cancels or fails is emitted again from the first event that was not emitted, after a delay
   * that grows to 5 s while none is.
   */
  public static Source<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>, Control>
      plainPartitionedSource(ConsumerSettings settings, Subscription subscription) {
    return Source.fromGraph(PartitionedSource.plain(settings, subscription))
        .mapMaterializedValue(lifetime -> new ControlOfSource(lifetime, settings));
  }

  /**
   * A source per partition, like {@link #plainPartitionedSource}, for streams that keep their
   * positions themselves; {@link PartitionPositions} says when they are asked for and stored.
   */
  public static Source<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>, Control>
      plainPartitionedManualOffsetSource(
          ConsumerSettings settings, Subscription subscription, PartitionPositions positions) {
    return Source.fromGraph(PartitionedSource.plainFrom(settings, subscription, positions))
        .mapMaterializedValue(lifetime -> new ControlOfSource(lifetime, settings));
  }

  /** The same with {@link PartitionPositions#of}. */
  public static Source<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>, Control>
      plainPartitionedManualOffsetSource(
          ConsumerSettings settings,
          Subscription subscription,
          Function<
                  ? super Set<EventHubPartition>,
                  ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
              positionsOnAssign) {
    return plainPartitionedManualOffsetSource(
        settings, subscription, PartitionPositions.of(positionsOnAssign));
  }

  /** The same with {@link PartitionPositions#of} and {@link PartitionPositions#withOnRevoke}. */
  public static Source<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>, Control>
      plainPartitionedManualOffsetSource(
          ConsumerSettings settings,
          Subscription subscription,
          Function<
                  ? super Set<EventHubPartition>,
                  ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
              positionsOnAssign,
          Function<? super Set<EventHubPartition>, ? extends CompletionStage<?>> onRevoke) {
    return plainPartitionedManualOffsetSource(
        settings, subscription, PartitionPositions.of(positionsOnAssign).withOnRevoke(onRevoke));
  }

  /**
   * A source per partition, like {@link #committablePartitionedSource}, for streams that keep their
   * positions themselves; {@link PartitionPositions} says when they are asked for and stored.
   * Offsets can be committed too, for example for tools that show the lag: while a position lies
   * below the checkpoint, commits are skipped until the checkpoint is passed, with one warning.
   */
  public static Source<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>, Control>
      committablePartitionedManualOffsetSource(
          ConsumerSettings settings, Subscription subscription, PartitionPositions positions) {
    return Source.fromGraph(PartitionedSource.committableFrom(settings, subscription, positions))
        .mapMaterializedValue(lifetime -> new ControlOfSource(lifetime, settings));
  }

  /** The same with {@link PartitionPositions#of}. */
  public static Source<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>, Control>
      committablePartitionedManualOffsetSource(
          ConsumerSettings settings,
          Subscription subscription,
          Function<
                  ? super Set<EventHubPartition>,
                  ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
              positionsOnAssign) {
    return committablePartitionedManualOffsetSource(
        settings, subscription, PartitionPositions.of(positionsOnAssign));
  }

  /** The same with {@link PartitionPositions#of} and {@link PartitionPositions#withOnRevoke}. */
  public static Source<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>, Control>
      committablePartitionedManualOffsetSource(
          ConsumerSettings settings,
          Subscription subscription,
          Function<
                  ? super Set<EventHubPartition>,
                  ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
              positionsOnAssign,
          Function<? super Set<EventHubPartition>, ? extends CompletionStage<?>> onRevoke) {
    return committablePartitionedManualOffsetSource(
        settings, subscription, PartitionPositions.of(positionsOnAssign).withOnRevoke(onRevoke));
  }

  /**
   * Events that are committed before they are emitted: at most once. An event that the stream does
   * not finish is not emitted again, neither after a failure nor after a crash.
   *
   * <p>Commits are made ahead in batches, one write for each, of {@code max-committed-ahead} events
   * at most. A process that dies loses at most so many events of a partition, which it has
   * committed and not emitted, and those that the stream has in hand. In a hand-over, a drain and a
   * shutdown nothing is lost and nothing repeated: a partition is released after everything
   * committed has been emitted, or when the hand-over timeout has passed, and what was committed by
   * then is still emitted.
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
   * is configured by {@code pekko.eventhubs.committer}, except that it commits after each batch. A
   * batch whose partition has another owner by then is not committed, and not emitted.
   *
   * @param maxBatch events per batch at most; refused, with an {@link
   *     io.github.pekkoeventhubs.InvalidSettingsException}, above {@code max-uncommitted}, which no
   *     batch could exceed
   * @param maxWait how long a smaller batch waits for more events, counted from the last batch
   */
  public static Source<CommittableOffsetBatch, Control> processBatches(
      ConsumerSettings settings,
      Subscription subscription,
      int maxBatch,
      Duration maxWait,
      Function<? super List<CommittableEvent>, ? extends CompletionStage<?>> handler) {
    return committablePartitionedSource(settings, subscription)
        .via(
            PartitionBatches.flow(
                settings, MAX_PARTITIONS, maxBatch, maxWait, handler, Optional.empty()));
  }

  /**
   * The same with a committer of these settings. Its {@code max-batch}, {@code delivery} and {@code
   * when} are not used: it commits after each batch, and waits for the store.
   */
  public static Source<CommittableOffsetBatch, Control> processBatches(
      ConsumerSettings settings,
      Subscription subscription,
      CommitterSettings committerSettings,
      int maxBatch,
      Duration maxWait,
      Function<? super List<CommittableEvent>, ? extends CompletionStage<?>> handler) {
    return committablePartitionedSource(settings, subscription)
        .via(
            PartitionBatches.flow(
                settings,
                MAX_PARTITIONS,
                maxBatch,
                maxWait,
                handler,
                Optional.of(committerSettings)));
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
   * A control over all incarnations of a stream that is restarted with backoff. Put the whole
   * stream that is to be restarted inside, with its committer:
   *
   * <pre>{@code
   * Consumer.RestartingControl restarting = Consumer.createRestartingControl();
   * Consumer.DrainingControl<Done> control =
   *     RestartSource.onFailuresWithBackoff(
   *             RestartSettings.create(Duration.ofSeconds(1), Duration.ofSeconds(20), 0.2)
   *                 .withRestartOn(EventHubsException::mayHelpToRestart),
   *             () ->
   *                 Consumer.committableSource(settings, subscription)
   *                     .mapMaterializedValue(restarting::attach)
   *                     .mapAsync(1, this::process)
   *                     .via(Committer.flow(committerSettings)))
   *         .toMat(Sink.ignore(), (notUsed, done) -> restarting.draining(done))
   *         .run(system);
   * }</pre>
   *
   * Use each control for one stream only.
   */
  public static RestartingControl createRestartingControl() {
    return new RestartingControl();
  }

  /**
   * Stops, pauses and watches a running source; {@link SourceControl} says how. Thread-safe. A
   * control that wraps another one passes {@link #restartHold} on, too.
   */
  public interface Control extends SourceControl {}

  /** The control of a source of this class. */
  private static final class ControlOfSource extends BoundedControl implements Control {
    ControlOfSource(SourceLifetime lifetime, ConsumerSettings settings) {
      super(lifetime, settings);
    }
  }

  /**
   * A control together with the completion of its stream. Thread-safe.
   *
   * @param <T> the result of the stream
   */
  public static final class DrainingControl<T> extends ForwardingControl implements Control {

    private final CompletionStage<T> streamCompletion;

    private DrainingControl(SourceControl control, CompletionStage<T> streamCompletion) {
      super(control);
      this.streamCompletion = streamCompletion;
      control.endsWith(streamCompletion);
    }

    /**
     * Stops, lets the stream finish, and shuts down; see {@link SourceControl#drainAndShutdown}.
     */
    public CompletionStage<T> drainAndShutdown() {
      return drainAndShutdown(streamCompletion);
    }

    /**
     * Completes when the stream does, and fails with what the stream has failed with. A stream that
     * has failed reads nothing any more: log the failure, and end the process or the stream's part
     * of it.
     */
    public CompletionStage<T> streamCompletion() {
      return streamCompletion;
    }
  }

  /**
   * The control of a source that is restarted. It passes each request on to the incarnation that
   * runs, and to every later one: an incarnation that is attached after a stop is stopped before it
   * has taken any partition. Thread-safe.
   *
   * <p>An incarnation that fails keeps its partitions for the {@code restart-hold} of its settings,
   * until the next one has been attached, or until this control is stopped: they do not move to
   * other nodes during the backoff. Events that were emitted and not acknowledged are emitted again
   * by the next one.
   */
  public static final class RestartingControl extends Incarnations implements Control {

    private RestartingControl() {}

    /**
     * @param firstIncarnation how long a drain waits for something to drain
     */
    RestartingControl(Duration firstIncarnation) {
      super(firstIncarnation);
    }

    /**
     * Follows a new incarnation; for {@code mapMaterializedValue} within the restarted part. Where
     * {@link Control#restartHold} is empty a warning names the control's class: such an incarnation
     * releases its partitions when it fails.
     *
     * @return the same control
     */
    public Control attach(Control incarnation) {
      attached(incarnation);
      return incarnation;
    }

    /**
     * For {@code toMat(sink, (notUsed, done) -> restarting.draining(done))}.
     *
     * @param streamCompletion completes with the whole stream, after the last incarnation
     */
    public <T> DrainingControl<T> draining(CompletionStage<T> streamCompletion) {
      return new DrainingControl<>(this, streamCompletion);
    }
  }
}
