// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.failure.GuardedStageLogic;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.SubscriptionWithCancelException;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/**
 * The events of one partition in one epoch. Can be run once; it completes when the partition is
 * given up, and is empty if that has happened before it is run.
 *
 * @param <T> what is emitted
 */
final class SinglePartitionSource<T> extends GraphStage<SourceShape<T>> {

  private final PartitionIntake intake;
  private final Elements<T> elements;
  private final SharedTimer delays;
  private final Outlet<T> out = Outlet.create("EventHubs.partition.out");
  private final SourceShape<T> shape = SourceShape.of(out);

  // Guarded by this.
  private @Nullable Runnable running;
  private boolean wasRun;
  private boolean closed;

  /**
   * @param delays times the delayed wake-ups, of all partitions of the source
   */
  SinglePartitionSource(PartitionIntake intake, Elements<T> elements, SharedTimer delays) {
    this.intake = intake;
    this.elements = elements;
    this.delays = delays;
  }

  EventHubPartition partition() {
    return intake.session().partition();
  }

  @Override
  public SourceShape<T> shape() {
    return shape;
  }

  /** Closes this source if it belongs to the intake. Returns whether it does. */
  boolean closeIfOf(PartitionIntake other) {
    if (intake != other) {
      return false;
    }
    close();
    return true;
  }

  /** Completes the stage, or makes sure that it will be empty. */
  void close() {
    Runnable stage;
    boolean neverRun;
    synchronized (this) {
      closed = true;
      stage = running;
      neverRun = !wasRun;
    }
    if (stage != null) {
      stage.run();
    } else if (neverRun) {
      intake.stopped();
    }
  }

  private enum Opening {
    OPEN,
    CLOSED,
    SECOND
  }

  private synchronized Opening open(Runnable complete) {
    if (wasRun) {
      return Opening.SECOND;
    }
    wasRun = true;
    if (closed) {
      return Opening.CLOSED;
    }
    running = complete;
    return Opening.OPEN;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new SinglePartitionLogic();
  }

  private final class SinglePartitionLogic extends GuardedStageLogic {

    private final StageSignal signal;
    private boolean opened;
    private boolean completing;
    private boolean failed;

    SinglePartitionLogic() {
      super(shape, UnexpectedFailure.SOURCE);
      AsyncCallback<Done> wake = onStagesThread(done -> emitIfWanted());
      Step emission = this::emit;
      signal = new StageSignal(() -> wake.invoke(Done.getInstance()), delays);
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              guard(emission);
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
              failed = !(cause instanceof SubscriptionWithCancelException.NonFailureCancellation);
              cancelStage(cause);
            }
          });
    }

    @Override
    protected void started() {
      AsyncCallback<Done> complete =
          createAsyncCallback(
              done -> {
                completing = true;
                completeStage();
              });
      switch (open(() -> complete.invoke(Done.getInstance()))) {
        case OPEN -> {
          opened = true;
          intake.emitTo(signal);
          intake.beginTurn();
        }
        case CLOSED -> completeStage();
        case SECOND ->
            failStage(
                new EventHubsException(
                    "the source of "
                        + partition()
                        + " can be run only once, and it has been run before: run each source as it"
                        + " is emitted, once"));
      }
    }

    private void emitIfWanted() {
      if (isAvailable(out)) {
        emit();
      }
    }

    @Override
    protected void unexpected(EventHubsException thrown) {
      failed = true;
      failStage(thrown);
    }

    private void emit() {
      T element = next();
      if (element == null) {
        if (signal.arm()) {
          intake.beforeWait();
        }
        // An event that arrived between the check and arm() has woken nobody: check again.
        element = next();
        if (element == null) {
          return;
        }
        signal.disarm();
      }
      push(out, element);
    }

    private @Nullable T next() {
      T element = elements.next(intake);
      if (element == null) {
        intake.beginTurn();
        element = elements.next(intake);
      }
      return element;
    }

    @Override
    public void postStop() {
      if (!opened) {
        return;
      }
      if (completing) {
        intake.completed();
      } else {
        intake.abandoned(failed);
      }
    }
  }
}
