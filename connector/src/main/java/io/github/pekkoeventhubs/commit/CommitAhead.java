// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.failure.GuardedStageLogic;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.log.StreamFailureLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/**
 * Commits the events of one partition before it emits them. While a commit is under way, or its
 * events are being emitted, the next batch gathers; it is committed when all of the one before have
 * been emitted and another event is asked for, so that one batch at most is committed and not
 * taken: where sources are merged, the last event of a batch may wait outside of this stage. The
 * partition is not handed over before the batch has been emitted.
 */
@InternalApi
public final class CommitAhead extends GraphStage<FlowShape<CommittableEvent, PartitionEvent>> {

  private static final KeyedLog LOG = KeyedLog.of(CommitAhead.class);

  private final int maxBatch;
  private final Inlet<CommittableEvent> in = Inlet.create("CommitAhead.in");
  private final Outlet<PartitionEvent> out = Outlet.create("CommitAhead.out");
  private final FlowShape<CommittableEvent, PartitionEvent> shape = FlowShape.of(in, out);

  /** With batches of so many events at most. */
  public CommitAhead(int maxBatch) {
    this.maxBatch = maxBatch;
  }

  @Override
  public FlowShape<CommittableEvent, PartitionEvent> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new Logic();
  }

  private record Answer(@Nullable CommitOutcome outcome, @Nullable Throwable error) {}

  private final class Logic extends GuardedStageLogic {

    private final AsyncCallback<Answer> answered = onStagesThread(this::answered);
    private List<CommittableEvent> gathered = new ArrayList<>();
    private List<CommittableEvent> committing = List.of();
    private final Queue<PartitionEvent> committed = new ArrayDeque<>();
    private @Nullable PartitionEpoch epoch;
    private boolean held;

    Logic() {
      super(shape, UnexpectedFailure.COMMITTER);
      setHandlers(
          in,
          out,
          guarded(
              new AbstractInOutHandler() {
                @Override
                public void onPush() {
                  gathered.add(grab(in));
                  commitIfIdle();
                  gatherMore();
                }

                @Override
                public void onPull() {
                  emit();
                }

                @Override
                public void onUpstreamFinish() {
                  completeIfEmpty();
                }
              }));
    }

    @Override
    protected void started() {
      pull(in);
    }

    private void gatherMore() {
      if (gathered.size() < maxBatch && !isClosed(in) && !hasBeenPulled(in)) {
        pull(in);
      }
    }

    private void commitIfIdle() {
      boolean idle = committing.isEmpty() && committed.isEmpty();
      if (gathered.isEmpty() || !idle || !isAvailable(out)) {
        return;
      }
      committing = gathered;
      gathered = new ArrayList<>();
      PartitionEpoch current = committing.get(0).committableOffset().epoch();
      epoch = current;
      if (!held) {
        held = true;
        current.holdDrain();
      }
      committing.forEach(event -> event.committableOffset().acknowledge());
      current.flush().whenComplete((outcome, error) -> answered.invoke(new Answer(outcome, error)));
    }

    private void answered(Answer answer) {
      Throwable error = answer.error();
      if (error != null) {
        fail(StageFailure.causeOf(error));
        return;
      }
      if (answer.outcome() == CommitOutcome.COMMITTED) {
        committing.forEach(event -> committed.add(event.partitionEvent()));
      }
      // Else somebody else owns the partition by now, and reads these events.
      committing = List.of();
      emit();
    }

    @Override
    protected void unexpected(EventHubsException thrown) {
      fail(thrown);
    }

    private void fail(Throwable cause) {
      PartitionEpoch current = epoch;
      StreamFailureLog.failed(
          LOG,
          current == null ? LogKeys.NONE : LogKeys.of(current),
          "commit-ahead",
          current == null ? "" : current.partition().toString(),
          cause);
      failStage(cause);
    }

    private void emit() {
      if (isAvailable(out) && !committed.isEmpty()) {
        push(out, committed.remove());
      }
      commitIfIdle();
      gatherMore();
      completeIfEmpty();
    }

    private void completeIfEmpty() {
      boolean empty = gathered.isEmpty() && committing.isEmpty() && committed.isEmpty();
      if (empty) {
        mayDrain();
      }
      if (empty && isClosed(in)) {
        completeStage();
      }
    }

    private void mayDrain() {
      PartitionEpoch current = epoch;
      if (held && current != null) {
        held = false;
        current.releaseDrain();
      }
    }

    @Override
    public void postStop() {
      mayDrain();
    }
  }
}
