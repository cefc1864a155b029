// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import java.util.function.LongSupplier;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges the offsets that pass, and has each partition's epoch store them when {@link
 * FlushPolicy} says so: at most one flush per partition at a time, and a bounded number over all.
 * Emits a batch for each flush; batches that are not asked for are merged into one.
 *
 * <p>Pulling does not depend on demand: the stage is a sink for offsets, and stops pulling only
 * while a partition has too much that is not written.
 *
 * <p>Completion, failure and cancellation end the stage in the same way: no more input, a flush of
 * everything that is acknowledged, and then completion or failure. After a failure or a
 * cancellation a timeout bounds that.
 *
 * @param <C> offsets, batches of them, or both
 */
@InternalApi
public final class CommitterStage<C extends Committable>
    extends GraphStage<FlowShape<C, CommittableOffsetBatch>> {

  private final Inlet<C> in = Inlet.create("Committer.in");
  private final Outlet<CommittableOffsetBatch> out = Outlet.create("Committer.out");
  private final FlowShape<C, CommittableOffsetBatch> shape = FlowShape.of(in, out);
  private final CommitterSettings settings;
  private final @Nullable LongSupplier givenClock;

  /** A committer by the clock of the actor system it runs in. */
  public CommitterStage(CommitterSettings settings) {
    this.settings = settings.validated();
    this.givenClock = null;
  }

  /** A committer by this clock, in nanoseconds. */
  CommitterStage(CommitterSettings settings, LongSupplier clock) {
    this.settings = settings.validated();
    this.givenClock = clock;
  }

  @Override
  public FlowShape<C, CommittableOffsetBatch> shape() {
    return shape;
  }

  @Override
  public Attributes initialAttributes() {
    return Attributes.name("Committer");
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new CommitterLogic<>(shape, settings, givenClock);
  }
}
