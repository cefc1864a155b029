// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The surroundings of a {@link PartitionLife}: requests that wait for answers, timers that run,
 * streams that come and go. It plays each effect, and fails at the first that breaks a rule.
 */
final class PartitionLifeWorld {

  final Throwable error = new ServiceUnavailableException("busy", null);

  enum Question {
    LOOK_UP,
    CLAIM,
    FENCE,
    VERIFY,
    FLUSH,
    RELEASE,
    RENEW,
    ATTACH
  }

  /** A request that was made, and that is answered once, late, twice or never. */
  private static final class Request {
    final Question question;
    final long operation;
    boolean isStale;

    Request(Question question, long operation) {
      this.question = question;
      this.operation = operation;
    }
  }

  private final PartitionLife life;
  private final boolean claims;
  private final List<Request> requests = new ArrayList<>();
  private final EnumSet<Timer> timers = EnumSet.noneOf(Timer.class);

  // As the owner keeps them.
  private @Nullable Integer stream;
  private @Nullable Integer nextStream;
  private final Set<Integer> goneStreams = new HashSet<>();
  private int streams;

  private boolean holdsClaim;
  private boolean inEpoch;
  private boolean draining;
  private boolean flushed;
  private boolean emissionStopped;
  private boolean userIsTold;
  private boolean userIsDone;
  private long userOperation;
  private boolean outOfTime;
  private boolean stopping;
  private boolean stopped;
  private int epochs;
  private int keptClaims;

  PartitionLifeWorld(boolean claims) {
    this.claims = claims;
    this.life = new PartitionLife(claims);
  }

  PartitionLife life() {
    return life;
  }

  int epochs() {
    return epochs;
  }

  /** How often a claim was kept for the next stream. */
  int keptClaims() {
    return keptClaims;
  }

  boolean isStopped() {
    return stopped;
  }

  /** Whether there is a stream that may be served now. */
  boolean isServing() {
    return stream != null && !goneStreams.contains(stream);
  }

  boolean isRunning(Timer timer) {
    return timers.contains(timer);
  }

  boolean isAnyTimerRunning() {
    return !timers.isEmpty();
  }

  /** Whether something leads to the next renewal, or no claim is held. */
  boolean isKeepingItsClaim() {
    return !holdsClaim
        || isRunning(Timer.RENEWAL)
        || isRunning(Timer.RENEWAL_RETRY)
        || requests.stream().anyMatch(each -> !each.isStale && each.question == Question.RENEW);
  }

  /** Apart from the end of a receiver. */
  boolean awaitsAnAnswer() {
    return !awaited().isEmpty();
  }

  private List<Request> awaited() {
    return requests.stream()
        .filter(each -> !each.isStale && each.question != Question.ATTACH)
        .toList();
  }

  // Inputs of the machine.

  void offer() {
    if (stopping) {
      perform(life.streamOffered());
      return;
    }
    if (stream == null) {
      stream = ++streams;
    } else if (goneStreams.contains(stream)) {
      nextStream = ++streams;
    } else {
      // One that is served well is offered no successor.
      return;
    }
    perform(life.streamOffered());
  }

  void withdraw() {
    if (stream != null) {
      goneStreams.add(stream);
    }
    perform(life.streamWithdrawn("stopped"));
  }

  void replace() {
    if (!stopping) {
      if (nextStream != null) {
        // One at a time waits.
        return;
      }
      if (stream == null) {
        stream = ++streams;
      } else {
        goneStreams.add(stream);
        nextStream = ++streams;
      }
    }
    perform(life.streamReplaced("shared"));
  }

  void withdrawNext() {
    if (nextStream != null) {
      nextStream = null;
      perform(life.nextStreamWithdrawn());
    }
  }

  void stop() {
    stopping = true;
    perform(life.stopRequested("rebalanced"));
  }

  void claimGone() {
    if (inEpoch || holdsClaim) {
      claimIsOver();
    }
    perform(life.claimGone(Loss.claimedBy("somebody else")));
  }

  private void claimIsOver() {
    holdsClaim = false;
    requests.forEach(each -> each.isStale = true);
  }

  void fire(int choice) {
    if (!timers.isEmpty()) {
      Timer timer = new ArrayList<>(timers).get(choice % timers.size());
      timers.remove(timer);
      outOfTime |= timer == Timer.DRAIN_DEADLINE;
      perform(life.timerFired(timer));
    }
  }

  /** The stream emits nothing more, which it says once in an epoch. */
  void stopEmission() {
    if (inEpoch && draining && !emissionStopped) {
      emissionStopped = true;
      perform(life.emissionStopped());
    }
  }

  /** Everything is acknowledged, which can only be after the last event was emitted. */
  void drain() {
    if (emissionStopped) {
      perform(life.drained());
    }
  }

  /** The user is done with the partition, or says so once more. */
  void finishUser() {
    if (userIsTold) {
      userIsDone = true;
      perform(life.userFinished(userOperation));
    }
  }

  /** Whether a flush would break the promise that the user finishes before it. */
  private boolean userIsCutOff() {
    return userIsTold && !userIsDone && !outOfTime;
  }

  void fireCancelled(int choice) {
    List<Timer> cancelled = new ArrayList<>(EnumSet.complementOf(timers));
    if (!cancelled.isEmpty()) {
      perform(life.timerFired(cancelled.get(choice % cancelled.size())));
    }
  }

  /**
   * @param how 0 for the best answer, else any
   */
  void answer(int choice, int how) {
    List<Request> open = requests.stream().filter(each -> !each.isStale).toList();
    // Receivers end seldom: they are left alone while there are other answers to give.
    List<Request> choices = awaited().isEmpty() || how != 0 ? open : awaited();
    if (choices.isEmpty() || (how == 0 && awaited().isEmpty())) {
      return;
    }
    Request request = choices.get(choice % choices.size());
    request.isStale = true;
    perform(answer(request, how, true));
  }

  void answerStale(int choice) {
    List<Request> stale = requests.stream().filter(each -> each.isStale).toList();
    if (!stale.isEmpty()) {
      State before = life.state();
      LinkLife.Link linkBefore = life.link();
      Request request = stale.get(choice % stale.size());
      List<Effect> effects = answer(request, choice / 3, false);
      assertThat(effects).as("effects of a stale answer to " + request.question).isEmpty();
      assertThat(life.state()).isEqualTo(before);
      assertThat(life.link()).isEqualTo(linkBefore);
    }
  }

  private List<Effect> answer(Request request, int how, boolean counts) {
    long operation = request.operation;
    boolean mayPass = how % 5 != 4;
    return switch (request.question) {
      case LOOK_UP ->
          switch (how % 3) {
            case 0 -> life.mayClaim(operation);
            case 1 -> life.ownedByAnother(operation);
            default -> life.lookUpFailed(operation, error, mayPass);
          };
      case CLAIM -> {
        if (how % 3 == 0) {
          holdsClaim |= counts;
          yield life.claimed(operation);
        }
        yield how % 3 == 1
            ? life.claimRefused(operation)
            : life.claimFailed(operation, error, mayPass);
      }
      case FENCE -> {
        if (how % 3 == 1 && claims) {
          if (counts) {
            claimIsOver();
          }
          yield life.fenceLost(operation, Loss.claimedBy("somebody else"));
        }
        yield how % 3 == 0 ? life.fenced(operation) : life.fenceFailed(operation, error, mayPass);
      }
      case VERIFY -> {
        if (how % 3 == 1) {
          if (counts) {
            claimIsOver();
          }
          yield life.verifyLost(operation, Loss.claimedBy("somebody else"));
        }
        yield how % 3 == 0 ? life.verified(operation) : life.verifyFailed(operation, error);
      }
      case RENEW -> {
        if (how % 3 == 1) {
          if (counts) {
            claimIsOver();
          }
          yield life.renewalLost(operation, Loss.claimedBy("somebody else"));
        }
        yield how % 3 == 0 ? life.renewed(operation) : life.renewalFailed(operation, error);
      }
      case FLUSH -> life.flushed(operation);
      case RELEASE -> life.released(operation);
      case ATTACH ->
          how % 4 == 3
              ? life.receiverOutgrown(operation)
              : life.receiverEnded(operation, error, how % 2 == 0, how % 3 == 0, mayPass);
    };
  }

  private void endAllBut(Question question) {
    requests.stream()
        .filter(each -> each.question != question)
        .forEach(each -> each.isStale = true);
  }

  // Effects of the machine.

  void perform(List<Effect> effects) {
    for (Effect effect : effects) {
      assertThat(stopped).as("nothing follows the end, but did: " + effect).isFalse();
      perform(effect);
    }
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.LookUp request) {
      assertThat(claims).isTrue();
      assertThat(holdsClaim).as("holds a claim while looking").isFalse();
      assertThat(awaited()).as("what is unanswered when an owner is looked up").isEmpty();
      wasAsked(Question.LOOK_UP, request.operation());
    } else if (effect instanceof Effect.Claim request) {
      assertThat(holdsClaim).as("claims twice").isFalse();
      wasAsked(Question.CLAIM, request.operation());
    } else if (effect instanceof Effect.Fence request) {
      assertThat(holdsClaim).as("fences under a claim").isEqualTo(claims);
      assertThat(inEpoch).as("fences within an epoch").isFalse();
      wasAsked(Question.FENCE, request.operation());
    } else if (effect instanceof Effect.BeginEpoch) {
      assertThatTheStreamMayBeUsed();
      assertThat(inEpoch).as("begins a second epoch").isFalse();
      assertThat(holdsClaim).isEqualTo(claims);
      inEpoch = true;
      draining = false;
      flushed = false;
      emissionStopped = false;
      userIsTold = false;
      userIsDone = false;
      outOfTime = false;
      epochs++;
    } else if (effect instanceof Effect.Attach request) {
      assertThatTheEpochRuns();
      wasAsked(Question.ATTACH, request.operation());
    } else if (effect instanceof Effect.Verify request) {
      assertThatTheEpochRuns();
      wasAsked(Question.VERIFY, request.operation());
    } else if (effect instanceof Effect.Renew request) {
      assertThat(holdsClaim).as("renews a claim that is held").isTrue();
      wasAsked(Question.RENEW, request.operation());
    } else if (effect instanceof Effect.BeginDrain) {
      assertThat(inEpoch && !draining).as("drains an epoch once").isTrue();
      draining = true;
      endAllBut(Question.RENEW);
    } else if (effect instanceof Effect.LetUserFinish told) {
      assertThat(inEpoch && draining && emissionStopped).as("within a drain").isTrue();
      assertThat(userIsTold).as("tells the user twice").isFalse();
      userIsTold = true;
      userOperation = told.operation();
    } else if (effect instanceof Effect.Flush request) {
      assertThat(inEpoch && draining && !flushed).as("flushes a drained epoch once").isTrue();
      assertThat(userIsCutOff()).as("flushes before the user is done").isFalse();
      flushed = true;
      wasAsked(Question.FLUSH, request.operation());
    } else if (effect instanceof Effect.EndEpoch end) {
      assertThat(inEpoch).as("ends an epoch that has begun").isTrue();
      assertThat(end.loss().isPresent() || flushed).as("flushes before the end").isTrue();
      inEpoch = false;
      endAllBut(Question.RENEW);
      if (end.loss().isPresent()) {
        claimIsOver();
      }
    } else if (effect instanceof Effect.Release request) {
      assertThat(holdsClaim).as("releases a claim that is held").isTrue();
      assertThat(inEpoch).as("ends the epoch before the release").isFalse();
      claimIsOver();
      wasAsked(Question.RELEASE, request.operation());
    } else if (effect instanceof Effect.StartTimer start) {
      timers.add(start.timer());
    } else if (effect instanceof Effect.CancelTimer cancel) {
      timers.remove(cancel.timer());
    } else if (effect instanceof Effect.FailStream) {
      assertThatTheStreamMayBeUsed();
      goneStreams.add(current());
    } else if (effect instanceof Effect.NextStream) {
      assertThat(inEpoch).as("within an epoch of the former stream").isFalse();
      assertThat(goneStreams).as("streams that are gone").contains(current());
      assertThat(nextStream).as("the stream that waits").isNotNull();
      assertThat(stopping).as("serves another stream after the stop").isFalse();
      keptClaims += holdsClaim ? 1 : 0;
      stream = nextStream;
      nextStream = null;
    } else if (effect instanceof Effect.Parked) {
      assertThatNothingIsHeld();
      requests.forEach(each -> each.isStale = true);
      stream = nextStream;
      nextStream = null;
    } else if (effect instanceof Effect.Stop) {
      assertThatNothingIsHeld();
      assertThat(stopping).as("stops only when asked to").isTrue();
      assertThat(timers).as("timers that outlive the end").isEmpty();
      stopped = true;
    }
  }

  private int current() {
    return stream == null ? fail("no stream is served") : stream;
  }

  private void assertThatTheStreamMayBeUsed() {
    assertThat(goneStreams).as("streams that are gone").doesNotContain(current());
  }

  private void assertThatTheEpochRuns() {
    assertThat(inEpoch && !draining).as("within an epoch that runs").isTrue();
    assertThatTheStreamMayBeUsed();
  }

  private void assertThatNothingIsHeld() {
    assertThat(inEpoch).as("within an epoch").isFalse();
    assertThat(holdsClaim).as("a claim that was never released").isFalse();
  }

  private void wasAsked(Question question, long operation) {
    boolean isNewWork =
        switch (question) {
          case LOOK_UP, CLAIM, FENCE, ATTACH, VERIFY -> true;
          case FLUSH, RELEASE, RENEW -> false;
        };
    if (isNewWork) {
      assertThatTheStreamMayBeUsed();
      assertThat(stopping).as("begins something after the stop: " + question).isFalse();
    }
    for (Request earlier : requests) {
      assertThat(earlier.operation).as("operation numbers grow").isLessThan(operation);
      if (supersedes(question, earlier.question)) {
        earlier.isStale = true;
      }
    }
    requests.add(new Request(question, operation));
  }

  /** Renewals and receivers live beside the other requests, of which there is one at a time. */
  private static boolean supersedes(Question later, Question earlier) {
    return later == earlier
        || (later != Question.RENEW
            && later != Question.ATTACH
            && earlier != Question.RENEW
            && earlier != Question.ATTACH);
  }
}
