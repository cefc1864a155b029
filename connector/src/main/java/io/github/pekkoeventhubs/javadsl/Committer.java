// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.commit.CommitterStage;
import java.util.concurrent.CompletionStage;
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
 *       never a failure.
 * </ul>
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
   * Commits in the middle of a stream, and emits {@code Done} for each batch that was stored;
   * batches are merged while downstream does not ask.
   *
   * <p>Use {@link #batchFlow} to learn what was stored, and {@link #sink} if nothing follows.
   *
   * @param <C> offsets, batches of them, or both
   */
  public static <C extends Committable> Flow<C, Done, NotUsed> flow(CommitterSettings settings) {
    return Committer.<C>batchFlow(settings).map(batch -> Done.getInstance());
  }

  /**
   * Commits in the middle of a stream, and emits a batch for each write: the highest offset per
   * partition that the write took into account, and how many events it stands for. With unordered
   * acknowledgement, or split offsets, the checkpoint itself may be lower: it never passes an event
   * that is not finished. Batches are merged while downstream does not ask.
   *
   * <p>With {@link io.github.pekkoeventhubs.CommitDelivery#WAIT_FOR_ACK} a batch is emitted after
   * the store has answered, otherwise when its write has been started.
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
   * <p>The context type of a user's flow is {@code CommittableOffset}. Do not filter such a stream
   * before the committer: with ordered acknowledgement a dropped offset is covered by the next one
   * of its partition only, with unordered acknowledgement it leaves a gap.
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
}
