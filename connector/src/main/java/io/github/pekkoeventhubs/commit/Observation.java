// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.CommittableOffset;

/** Tells when an offset that a committer has seen counts as acknowledged. One per partition. */
interface Observation {

  /** Takes the offsets that count as acknowledged. */
  interface Target {

    /**
     * This offset is acknowledged.
     *
     * @param events how many events it stands for
     */
    void acknowledged(CommittableOffset offset, long events);
  }

  /** The committer sees an offset. */
  void observe(CommittableOffset offset, long events, Target target);

  /** The stream has completed: no further offset will follow. */
  void complete(Target target);

  static Observation of(CommitWhen when) {
    return switch (when) {
      case OFFSET_FIRST_OBSERVED -> FirstOffsetObservation.INSTANCE;
      case NEXT_OFFSET_OBSERVED -> new NextOffsetObservation();
    };
  }
}
