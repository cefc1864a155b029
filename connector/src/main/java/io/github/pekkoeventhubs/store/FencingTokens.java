// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Decides the fencing token of an epoch: a number that is higher than those of all earlier epochs
 * of the partition.
 *
 * <p>The touch of the checkpoint gives it out. It writes one more than the number it has read,
 * against the version it has read, so that no two epochs get the same number and a later one gets a
 * higher one. Everybody else who writes the checkpoint keeps the number.
 *
 * <p>Two more sources count in case the number is not there any more, since an official processor
 * replaces all metadata of a blob that it writes: the ownership record has a number of its own, and
 * a token is never below the time by the store's clock, in milliseconds. So a token also exceeds
 * those of records that were deleted, and those of another container that was used before.
 */
final class FencingTokens {

  private FencingTokens() {}

  /**
   * The number that a claim writes into the ownership record.
   *
   * @param seen the record that the claim replaces
   * @return empty if there was none: then the checkpoint and the clock decide
   */
  static OptionalLong ofClaim(Optional<StoredOwnership> seen) {
    return seen.isPresent()
        ? OptionalLong.of(after(seen.get().fencingToken(), seen.get().readAt()))
        : OptionalLong.empty();
  }

  /**
   * The token of an epoch.
   *
   * @param checkpoint the checkpoint that its touch will replace; empty if it will create one
   * @param ownership the record of its claim, read after the checkpoint
   */
  static long ofEpoch(Optional<StoredCheckpoint> checkpoint, StoredOwnership ownership) {
    OptionalLong last = checkpoint.map(StoredCheckpoint::fencingToken).orElse(OptionalLong.empty());
    long ofClaim = ownership.fencingToken().orElse(0);
    // The two numbers stay equal as long as the claim's own is high enough.
    return last.isPresent() && last.getAsLong() < ofClaim
        ? ofClaim
        : Math.max(after(last, ownership.readAt()), ofClaim);
  }

  private static long after(OptionalLong last, Instant time) {
    return Math.max(last.orElse(0) + 1, time.toEpochMilli());
  }

  /** The entries with this token; as they are if there is none. */
  static Map<String, String> with(Map<String, String> entries, OptionalLong token) {
    if (token.isEmpty()) {
      return entries;
    }
    Map<String, String> result = new TreeMap<>(entries);
    result.put(StoredCheckpoint.FENCING_TOKEN, Long.toString(token.getAsLong()));
    return result;
  }
}
