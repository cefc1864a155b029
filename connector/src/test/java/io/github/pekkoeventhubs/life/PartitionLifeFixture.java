// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.life.Effect.Timer;
import java.util.List;

/** Leads a partition's life into each of its states, and says what was to be done on the way. */
abstract class PartitionLifeFixture {

  final Throwable error = new ServiceUnavailableException("busy", null);

  PartitionLife life = new PartitionLife(true);

  // Ways into a state; each returns the operation whose answer is awaited there.

  long looking() {
    return operation(life.streamOffered());
  }

  long claiming() {
    return operation(life.mayClaim(looking()));
  }

  long fencing() {
    return operation(life.claimed(claiming()));
  }

  /** Returns the operation of the attached receiver. */
  long running() {
    return operation(life.fenced(fencing()));
  }

  long renewing() {
    running();
    return operation(life.timerFired(Timer.RENEWAL));
  }

  long verifying() {
    lostLink(running());
    return operation(life.timerFired(Timer.ATTACH));
  }

  long flushing() {
    running();
    life.stopRequested("rebalanced");
    return operation(life.drained());
  }

  List<Effect> lostLink(long attachment) {
    return life.receiverEnded(attachment, error, false, false, true);
  }

  /** The operation number of the last request among these effects. */
  static long operation(List<Effect> effects) {
    return effects.stream()
        .mapToLong(PartitionLifeFixture::operationOf)
        .filter(operation -> operation > 0)
        .reduce((first, second) -> second)
        .orElseThrow(() -> new AssertionError("no request among " + effects));
  }

  private static long operationOf(Effect effect) {
    if (effect instanceof Effect.LookUp request) {
      return request.operation();
    } else if (effect instanceof Effect.Claim request) {
      return request.operation();
    } else if (effect instanceof Effect.Fence request) {
      return request.operation();
    } else if (effect instanceof Effect.Attach request) {
      return request.operation();
    } else if (effect instanceof Effect.Verify request) {
      return request.operation();
    } else if (effect instanceof Effect.Renew request) {
      return request.operation();
    } else if (effect instanceof Effect.Flush request) {
      return request.operation();
    } else if (effect instanceof Effect.Release request) {
      return request.operation();
    }
    return 0;
  }

  /** What is done, without the timers that are cancelled on the way. */
  static List<Effect> withoutCancelling(List<Effect> effects) {
    return effects.stream().filter(effect -> !(effect instanceof Effect.CancelTimer)).toList();
  }

  static List<String> names(List<Effect> effects) {
    return withoutCancelling(effects).stream()
        .map(effect -> effect.getClass().getSimpleName())
        .toList();
  }

  static Effect timer(Timer timer, int attempt) {
    return new Effect.StartTimer(timer, attempt);
  }
}
