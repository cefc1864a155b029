// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import org.jspecify.annotations.Nullable;

/** Tells when an offset that a committer has seen counts as acknowledged. One per partition. */
interface Observation {

  /** Takes an offset that has come, and returns the one that counts as acknowledged by now. */
  @Nullable Observed observe(Observed observed);

  /** Returns the offset that counts now that no other will follow. */
  @Nullable Observed complete();
}
