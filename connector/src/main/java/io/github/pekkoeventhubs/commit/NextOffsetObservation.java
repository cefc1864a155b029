// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import org.jspecify.annotations.Nullable;

/**
 * An offset is withheld until a different one follows, since until then more elements of the same
 * event may come. Repetitions count as one event. The parts of a split offset are the exception:
 * each has to be acknowledged, and their number is known, so only the last one seen is withheld.
 */
final class NextOffsetObservation implements Observation {

  private @Nullable Observed withheld;

  @Override
  public @Nullable Observed observe(Observed observed) {
    Observed previous = withheld;
    withheld = observed;
    if (previous == null) {
      return null;
    }
    if (previous.offset().sequenceNumber() != observed.offset().sequenceNumber()) {
      return previous;
    }
    if (previous.offset().isSplit()) {
      return new Observed(previous.offset(), 0);
    }
    withheld = new Observed(observed.offset(), Math.max(observed.events(), previous.events()));
    return null;
  }

  @Override
  public @Nullable Observed complete() {
    Observed last = withheld;
    withheld = null;
    return last;
  }
}
