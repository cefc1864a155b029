// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import io.github.pekkoeventhubs.LossReason;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;

/**
 * An action that a {@link PartitionLife} asks its owner to perform. The set is closed, and each
 * effect calls its own method of the {@link Performer}: an effect without such a method does not
 * compile.
 */
@InternalApi
public sealed interface Effect {

  /** Calls the performer's method of this effect. */
  void perform(Performer performer);

  /** The owner chooses the delays; the attempt number lets them grow. */
  enum Timer {
    CLAIM_RETRY,
    HOLD,
    FENCE_RETRY,
    ATTACH,
    RENEWAL,
    RENEWAL_RETRY,
    DRAIN_DEADLINE,
    FLUSH_DEADLINE,
    RELEASE_DEADLINE
  }

  /** Performs effects, in the order in which they were asked for. */
  interface Performer {
    void lookUp(LookUp effect);

    void claim(Claim effect);

    void fence(Fence effect);

    void beginEpoch(BeginEpoch effect);

    void attach(Attach effect);

    void verify(Verify effect);

    void renew(Renew effect);

    void beginDrain(BeginDrain effect);

    void letUserFinish(LetUserFinish effect);

    void flush(Flush effect);

    void release(Release effect);

    void giveBack(GiveBack effect);

    void endEpoch(EndEpoch effect);

    void startTimer(StartTimer effect);

    void cancelTimer(CancelTimer effect);

    void failStream(FailStream effect);

    void report(Report effect);

    void reportForeignReader(ReportForeignReader effect);

    void nextStream(NextStream effect);

    void parked(Parked effect);

    void stop(Stop effect);
  }

  /** Read the ownership record, and judge whether it may be claimed. */
  record LookUp(long operation) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.lookUp(this);
    }
  }

  /** Write the claim over the record that was looked up. */
  record Claim(long operation) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.claim(this);
    }
  }

  /** Read or create the checkpoint and fence earlier owners off. */
  record Fence(long operation) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.fence(this);
    }
  }

  /** Start the epoch in the stream, at the position that was fenced. */
  record BeginEpoch() implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.beginEpoch(this);
    }
  }

  /** Attach a receiver, for the first time in this epoch or after the last received event. */
  record Attach(long operation) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.attach(this);
    }
  }

  /** Read whether the claim still stands, and adopt its version. */
  record Verify(long operation) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.verify(this);
    }
  }

  /** Write the claim again. */
  record Renew(long operation) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.renew(this);
    }
  }

  /** Detach the receiver, drop what was not emitted, and tell the stream to finish. */
  record BeginDrain(String reason) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.beginDrain(this);
    }
  }

  /** Tell the stream's user that the last event was emitted, and answer when the user is done. */
  record LetUserFinish(long operation) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.letUserFinish(this);
    }
  }

  /** Store what was acknowledged. */
  record Flush(long operation) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.flush(this);
    }
  }

  /** Give the claim up. */
  record Release(long operation) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.release(this);
    }
  }

  /**
   * Give up a claim that must not be trusted any longer, without waiting for the answer. A renewal
   * that is still under way would else keep others waiting until the claim has expired once more.
   */
  record GiveBack() implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.giveBack(this);
    }
  }

  /**
   * The epoch is over: drop commits from now on.
   *
   * @param loss why it was not handed over, if it was not
   * @param reason why it is over, in words
   */
  record EndEpoch(Optional<LossReason> loss, String reason) implements Effect {

    static EndEpoch handedOver(String reason) {
      return new EndEpoch(Optional.empty(), reason);
    }

    static EndEpoch lost(Loss loss) {
      return new EndEpoch(Optional.of(loss.reason()), loss.text());
    }

    @Override
    public void perform(Performer performer) {
      performer.endEpoch(this);
    }
  }

  /** Ask for {@code timerFired} of this timer, replacing an earlier one of its kind. */
  record StartTimer(Timer timer, int attempt) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.startTimer(this);
    }
  }

  /** Forget a timer. */
  record CancelTimer(Timer timer) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.cancelTimer(this);
    }
  }

  /** The stream that was offered cannot go on. */
  record FailStream(Throwable error) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.failStream(this);
    }
  }

  /** Report a failed step that is being tried again. */
  record Report(Trouble trouble, String what, Throwable error) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.report(this);
    }
  }

  /** Somebody else keeps attaching to this partition while the claim stands. */
  record ReportForeignReader(int thefts) implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.reportForeignReader(this);
    }
  }

  /** The stream that waits is served from now on, under the same claim if there is one. */
  record NextStream() implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.nextStream(this);
    }
  }

  /** Nothing is held here any more: the stream that was served is not used any more. */
  record Parked() implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.parked(this);
    }
  }

  /** The owner ends. */
  record Stop() implements Effect {
    @Override
    public void perform(Performer performer) {
      performer.stop(this);
    }
  }
}
