// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommittableOffset;

/** An offset counts as acknowledged as soon as it is seen. */
final class FirstOffsetObservation implements Observation {

  static final FirstOffsetObservation INSTANCE = new FirstOffsetObservation();

  private FirstOffsetObservation() {}

  @Override
  public void observe(CommittableOffset offset, long events, Target target) {
    target.acknowledged(offset, events);
  }

  @Override
  public void complete(Target target) {
    // Nothing is withheld.
  }
}
