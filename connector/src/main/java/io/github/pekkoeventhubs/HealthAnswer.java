// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.List;

/**
 * The answer to one question of {@link StreamsHealth}. Immutable, and safe for all threads; nothing
 * here fails.
 *
 * @param reasons why the answer is no, a sentence for each stream or partition concerned; empty if
 *     it is yes
 */
public record HealthAnswer(List<String> reasons) {

  /** Copies the reasons. */
  public HealthAnswer {
    reasons = List.copyOf(reasons);
  }

  /** Whether the answer is yes. */
  public boolean isYes() {
    return reasons.isEmpty();
  }

  /** For a log: "yes", or "no" with the reasons. */
  @Override
  public String toString() {
    return isYes() ? "yes" : "no: " + String.join("; ", reasons);
  }
}
