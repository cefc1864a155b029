// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import org.jspecify.annotations.Nullable;

/** An offset counts as acknowledged as soon as it is seen. */
final class FirstOffsetObservation implements Observation {

  @Override
  public Observed observe(Observed observed) {
    return observed;
  }

  @Override
  public @Nullable Observed complete() {
    return null;
  }
}
