// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

/**
 * How many events of an epoch will be emitted again by the next owner, and why. An event is
 * repeated if no checkpoint covers it.
 *
 * @param isKnown whether this stream commits; else the user keeps the positions
 * @param unacknowledged events that were emitted and not acknowledged
 * @param unconfirmed events that were acknowledged, and whose checkpoint the store has not
 *     confirmed. If it has been written all the same they are not repeated
 */
record Repetition(boolean isKnown, long unacknowledged, long unconfirmed) {

  boolean isNothing() {
    return events() == 0;
  }

  long events() {
    return unacknowledged + unconfirmed;
  }

  /** The sentence for the log. */
  @Override
  public String toString() {
    if (!isKnown) {
      return "its positions are kept by the user";
    }
    if (isNothing()) {
      return "nothing will be repeated";
    }
    StringBuilder text =
        new StringBuilder(OwnerLog.count(unacknowledged + unconfirmed, "event"))
            .append(" will be repeated: ");
    if (unacknowledged > 0) {
      text.append(unacknowledged).append(" not acknowledged");
    }
    if (unacknowledged > 0 && unconfirmed > 0) {
      text.append(", ");
    }
    if (unconfirmed > 0) {
      text.append(unconfirmed).append(" acknowledged without a confirmed checkpoint");
    }
    return text.toString();
  }
}
