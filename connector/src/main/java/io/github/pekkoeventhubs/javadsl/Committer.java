// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.commit.CommitterStage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.FlowWithContext;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Stores how far a stream has processed each partition.
 *
 * <p>An offset that reaches a committer says that its event is processed: at-least-once, as long as
 * nothing passes an offset on before its work is done. The committer stores what has been
 * acknowledged in batches, partition by partition, as {@link CommitterSettings} says. It always
 * stores the highest sequence number of a partition whatever order offsets come in; a stream that
 * changes the order of one partition's events on purpose needs {@link
 * io.github.pekkoeventhubs.Acknowledgement#UNORDERED}.
 *
 * <p>All of them:
 *
 * <ul>
 *   <li>keep pulling without downstream demand, and stop only while the store is too slow;
 *   <li>store everything acknowledged when the stream completes, and complete after that;
 *   <li>store what is acknowledged when the stream fails or is cancelled, within {@code
 *       flush-timeout}, and then fail with the original error;
 *   <li>fail with {@link io.github.pekkoeventhubs.CheckpointWriteException} when a checkpoint
 *       cannot be written, unless delivery is {@link
 *       io.github.pekkoeventhubs.CommitDelivery#SEND_AND_FORGET};
 *   <li>drop and count offsets of a partition that has another owner by now: that is normal, and
 *       never a failure. They are not emitted: what a committer emits is stored.
 * </ul>
 *
 * <p>A stream that drops events uses {@link #filter}, {@link #collect} or {@link #mapConcat}, or
 * their siblings for offsets as context, in the place of the operators of that name: they
 * acknowledge what they drop. An offset that is dropped without a word counts as not finished until
 * a later one of its partition is acknowledged, and a partition of which {@code max-uncommitted}
 * events in a row are dropped in this way stands still.
 *
 * <p>Committers are blueprints: immutable, and safe for all threads; what they materialize runs on
 * the stream's thread.
 *
 * <p>They are generic in the kind of committable, since Java generics are invariant: the same
 * committer takes offsets, batches, or a stream of both typed {@link Committable}.
 */
public final class Committer {

  private Committer() {}

  /**
   * The end of a stream: commits all it gets. The materialised value completes when everything is
   * stored and the stream is done, or fails with the stream's failure.
   *
   * <p>Use {@link #flow} to go on after the commit, and {@link #sinkWithOffsetContext} at the end
   * of a stream that carries offsets as its context.
   *
   * @param <C> offsets, batches of them, or both
   */
  public static <C extends Committable> Sink<C, CompletionStage<Done>> sink(
      CommitterSettings settings) {
    return Committer.<C>batchFlow(settings).toMat(Sink.ignore(), Keep.right());
  }

  /**
   * Commits in the middle of a stream, and emits {@code Done} for each batch that was stored, and
   * none for what was dropped since its partition has another owner; batches are merged while
   * downstream does not ask. So there is no output for each input.
   *
   * <p>With {@link io.github.pekkoeventhubs.CommitDelivery#SEND_AND_FORGET} it is emitted when the
   * write has been started, and says nothing of its outcome.
   *
   * <p>Use {@link #batchFlow} to learn what was stored, and {@link #sink} if nothing follows.
   *
   * @param <C> offsets, batches of them, or both
   */
  public static <C extends Committable> Flow<C, Done, NotUsed> flow(CommitterSettings settings) {
    return Committer.<C>batchFlow(settings).map(batch -> Done.getInstance());
  }

  /**
   * Commits in the middle of a stream, and emits a batch for each write that the store has taken:
   * the highest offset per partition that the write took into account, and how many offsets it
   * stands for. Nobody reads these events again. Offsets that were dropped, since their partition
   * has another owner by now, are not emitted: that owner reads their events. With unordered
   * acknowledgement, or split offsets, the checkpoint itself may be lower: it never passes an event
   * that is not finished. Batches are merged while downstream does not ask.
   *
   * <p>With {@link io.github.pekkoeventhubs.CommitDelivery#WAIT_FOR_ACK} a batch is emitted after
   * the store has answered, otherwise when its write has been started, whatever becomes of it.
   *
   * @param <C> offsets, batches of them, or both
   */
  public static <C extends Committable> Flow<C, CommittableOffsetBatch, NotUsed> batchFlow(
      CommitterSettings settings) {
    return Flow.fromGraph(new CommitterStage<C>(settings));
  }

  /**
   * Commits in the middle of a stream that carries offsets as its context, where the elements are
   * not needed any more. The context of each output element is the batch that was stored, as {@link
   * #batchFlow} emits it.
   *
   * <p>The context type of a user's flow is {@code CommittableOffset}. Filter such a stream with
   * {@link #filterWithOffsetContext} or {@link #collectWithOffsetContext}, which acknowledge what
   * they drop.
   *
   * @param <E> the elements, which are dropped
   * @param <C> offsets, batches of them, or both
   */
  public static <E, C extends Committable>
      FlowWithContext<E, C, NotUsed, CommittableOffsetBatch, NotUsed> flowWithOffsetContext(
          CommitterSettings settings) {
    return FlowWithContext.fromPairs(
        Flow.<Pair<E, C>>create()
            .map(Pair::second)
            .via(Committer.<C>batchFlow(settings))
            .map(batch -> Pair.create(NotUsed.getInstance(), batch)));
  }

  /**
   * The end of a stream that carries offsets as its context: commits them and drops the elements.
   * The materialised value is that of {@link #sink}.
   *
   * @param <E> the elements, which are dropped
   * @param <C> offsets, batches of them, or both
   */
  public static <E, C extends Committable>
      Sink<Pair<E, C>, CompletionStage<Done>> sinkWithOffsetContext(CommitterSettings settings) {
    return Flow.<Pair<E, C>>create()
        .map(Pair::second)
        .toMat(Committer.<C>sink(settings), Keep.right());
  }

  /**
   * Lets through the events that are to be processed, and acknowledges the others ({@link
   * CommittableEvent#skip}): the checkpoint passes them when all earlier events are finished, and a
   * partition of which nothing is of interest goes on. Fails the stream with what the predicate
   * throws; the predicate is called on the stream's thread, in the order of the events.
   */
  public static Flow<CommittableEvent, CommittableEvent, NotUsed> filter(
      Predicate<? super CommittableEvent> predicate) {
    return SkippingFlows.filter(predicate, CommittableEvent::skip);
  }

  /**
   * Makes an element with its offset of each event that is to be processed, and acknowledges the
   * events of which the function makes none, as {@link #filter} does. Go on with the pairs, or with
   * {@code SourceWithContext.fromPairs}, and end with {@link #sinkWithOffsetContext}.
   *
   * @param <T> the elements
   * @param selection called on the stream's thread; what it throws fails the stream
   */
  public static <T> Flow<CommittableEvent, Pair<T, CommittableOffset>, NotUsed> collect(
      Function<? super CommittableEvent, Optional<T>> selection) {
    return mapConcat(event -> selection.apply(event).map(List::of).orElseGet(List::of));
  }

  /**
   * Makes any number of elements of an event. The event is acknowledged when all its elements have
   * come to the committer ({@link CommittableOffset#split}), and at once, as by {@link #filter}, if
   * there are none.
   *
   * @param <T> the elements
   * @param elements called on the stream's thread; what it throws fails the stream
   */
  public static <T> Flow<CommittableEvent, Pair<T, CommittableOffset>, NotUsed> mapConcat(
      Function<? super CommittableEvent, ? extends Iterable<? extends T>> elements) {
    return SkippingFlows.mapConcat(elements, CommittableEvent::committableOffset);
  }

  /**
   * Like {@link #filter} for streams that carry offsets as their context: {@code
   * source.via(Committer.filterWithOffsetContext(..))}, since the {@code filter} of such a stream
   * drops the offset with the element.
   *
   * @param <E> the elements
   */
  public static <E>
      FlowWithContext<E, CommittableOffset, E, CommittableOffset, NotUsed> filterWithOffsetContext(
          Predicate<? super E> predicate) {
    return FlowWithContext.fromPairs(
        SkippingFlows.<Pair<E, CommittableOffset>>filter(
            pair -> predicate.test(pair.first()), pair -> pair.second().skip()));
  }

  /**
   * Like {@link #collect} for streams that carry offsets as their context.
   *
   * @param <E> the elements
   * @param <T> what is made of them
   */
  public static <E, T>
      FlowWithContext<E, CommittableOffset, T, CommittableOffset, NotUsed> collectWithOffsetContext(
          Function<? super E, Optional<T>> selection) {
    return mapConcatWithOffsetContext(
        element -> selection.apply(element).map(List::of).orElseGet(List::of));
  }

  /**
   * Like {@link #mapConcat} for streams that carry offsets as their context.
   *
   * @param <E> the elements
   * @param <T> what is made of them
   */
  public static <E, T>
      FlowWithContext<E, CommittableOffset, T, CommittableOffset, NotUsed>
          mapConcatWithOffsetContext(
              Function<? super E, ? extends Iterable<? extends T>> elements) {
    return FlowWithContext.fromPairs(
        SkippingFlows.<Pair<E, CommittableOffset>, T>mapConcat(
            pair -> elements.apply(pair.first()), Pair::second));
  }
}
