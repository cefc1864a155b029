// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import org.jspecify.annotations.Nullable;

/**
 * Tells when an offset that a committer has seen counts as acknowledged, where each waits for the
 * next one. One per partition.
 *
 * <p>An offset is withheld until a different one follows, since until then more elements of the
 * same event may come. Repetitions count as one event. The parts of a split offset are the
 * exception: each has to be acknowledged, and their number is known, so only the last one seen is
 * withheld.
 */
final class NextOffsetObservation {

  private @Nullable Observed withheld;

  /** Takes an offset that has come, and returns the one that counts as acknowledged by now. */
  @Nullable Observed observe(Observed observed) {
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

  /** Returns the offset that counts now that no other will follow. */
  @Nullable Observed complete() {
    Observed last = withheld;
    withheld = null;
    return last;
  }
}
