// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.failure;

import io.github.pekkoeventhubs.EventHubsException;
import java.util.function.Consumer;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.stream.Shape;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;

/**
 * The behaviour of a stage of ours. Whatever its own code throws, in a handler, a callback, a timer
 * or at its start, is an {@link UnexpectedFailure} of the stage: {@link #unexpected} gets it in
 * place of Pekko, which would fail the stream with the exception as it is. For the stage's thread.
 */
@InternalApi
public abstract class GuardedStageLogic extends TimerGraphStageLogic {

  /** A step of a stage. */
  @FunctionalInterface
  protected interface Step {
    /** Takes the step. */
    void take() throws Exception;
  }

  private final UnexpectedFailure part;

  /** A stage of this shape, which is this part of a stream. */
  protected GuardedStageLogic(Shape shape, UnexpectedFailure part) {
    super(shape);
    this.part = part;
  }

  /** Fails the stage: its own code has thrown an exception. */
  protected abstract void unexpected(EventHubsException failure);

  /** The stage starts. */
  protected void started() {}

  /** A timer has fired. */
  protected void timerFired(Object key) {}

  @Override
  public final void preStart() {
    guard(this::started);
  }

  @Override
  public final void onTimer(Object key) {
    guard(() -> timerFired(key));
  }

  /** Takes a step, whose exception fails the stage. */
  protected final void guard(Step step) {
    try {
      step.take();
    } catch (Exception e) {
      unexpected(part.of(e));
    }
  }

  /** Runs an action on the stage's thread. An exception fails the stage. */
  protected final <A> AsyncCallback<A> onStagesThread(Consumer<A> action) {
    return createAsyncCallback(
        value -> {
          try {
            action.accept(value);
          } catch (RuntimeException e) {
            unexpected(part.of(e));
          }
        });
  }

  /** The same handler, whose exceptions fail the stage. */
  protected final AbstractInOutHandler guarded(AbstractInOutHandler handler) {
    // The methods that are called for each element are there once, as references.
    Step push = handler::onPush;
    Step pull = handler::onPull;
    return new AbstractInOutHandler() {
      @Override
      public void onPush() {
        guard(push);
      }

      @Override
      public void onPull() {
        guard(pull);
      }

      @Override
      public void onUpstreamFinish() {
        guard(handler::onUpstreamFinish);
      }

      @Override
      public void onUpstreamFailure(Throwable cause) {
        guard(() -> handler.onUpstreamFailure(cause));
      }

      @Override
      public void onDownstreamFinish(Throwable cause) {
        guard(() -> handler.onDownstreamFinish(cause));
      }
    };
  }
}
