// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import io.github.pekkoeventhubs.life.Effect.Timer;
import java.util.ArrayList;
import java.util.List;

/**
 * The effects of one input, in the order in which they are to be performed, and the operation
 * numbers of all requests. The machines of one partition share one of these.
 */
final class PlannedEffects {

  /** The number of no operation. */
  static final long NO_OPERATION = 0;

  private final List<Effect> effects = new ArrayList<>();
  private long lastOperation = NO_OPERATION;

  /** Returns a number that no operation has had before; numbers grow. */
  long nextOperation() {
    return ++lastOperation;
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  void start(Timer timer, int attempt) {
    add(new Effect.StartTimer(timer, attempt));
  }

  void cancel(Timer timer) {
    add(new Effect.CancelTimer(timer));
  }

  void cancelAll() {
    for (Timer timer : Timer.values()) {
      cancel(timer);
    }
  }

  /** Returns what was planned since the last call. */
  List<Effect> drain() {
    List<Effect> result = List.copyOf(effects);
    effects.clear();
    return result;
  }
}
