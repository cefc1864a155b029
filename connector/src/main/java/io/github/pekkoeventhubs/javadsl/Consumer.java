// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.receive.ConsumerControl;
import io.github.pekkoeventhubs.receive.ConsumerHandle;
import io.github.pekkoeventhubs.receive.MergedSource;
import io.github.pekkoeventhubs.receive.PartitionedSource;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceWithContext;

/**
 * Sources of events.
 *
 * <p>All of them keep the order within a partition, and none between partitions. Lost connections,
 * throttling and stolen links are overcome without the stream noticing. What cannot be overcome (an
 * unknown event hub or consumer group, refused credentials, an unreadable checkpoint) fails the
 * stream with an {@link io.github.pekkoeventhubs.EventHubsException} that says what to do.
 */
public final class Consumer {

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
   * last one that was acknowledged.
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
   * user cancels or fails is emitted again from the first event that was not emitted.
   */
  public static Source<Pair<EventHubPartition, Source<PartitionEvent, NotUsed>>, Control>
      plainPartitionedSource(ConsumerSettings settings, Subscription subscription) {
    return Source.fromGraph(PartitionedSource.plain(settings, subscription))
        .mapMaterializedValue(handle -> control(handle, settings));
  }

  private static Control control(ConsumerHandle handle, ConsumerSettings settings) {
    return new HandleControl(new ConsumerControl(handle, settings.handoverTimeout()));
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

  /** By which a running source is stopped and watched. Thread-safe. */
  public interface Control {

    /**
     * Stops receiving and completes the source. Its partitions are drained, what was acknowledged
     * is stored, and they are released, without further waiting here.
     *
     * @return completes when the source has emitted its last event
     */
    CompletionStage<Done> stop();

    /**
     * Stops, and waits until every partition is released and the connections are closed: at the
     * latest when the hand-over timeout has passed.
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
