// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StoredOwnership;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;

/** The store's answer to a claim. A store that does not answer is a failure, never one of these. */
@InternalApi
public sealed interface ClaimOutcome {

  /**
   * The partition is ours.
   *
   * @param claim with the newest version of the record, to go on with
   */
  record Held(OwnershipClaim claim) implements ClaimOutcome {}

  /**
   * The partition is not ours, or not ours any more.
   *
   * @param current the record as it stands; empty if there is none
   */
  record Lost(Optional<StoredOwnership> current) implements ClaimOutcome {}
}
