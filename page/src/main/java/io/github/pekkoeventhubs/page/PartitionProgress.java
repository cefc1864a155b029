// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a consumer group is in a partition.
 *
 * @param owner the owner in the store, if there is one
 * @param expired whether the owner has not renewed its claim for so long that others may take it
 * @param checkpoint the sequence number of the last processed event; one less than the first number
 *     of the partition if none is processed, so -1 at the very beginning
 * @param receivers the receivers that are attached; empty where nobody can know it
 */
public record PartitionProgress(
    Optional<String> owner, boolean expired, OptionalLong checkpoint, OptionalLong receivers) {

  /** Nothing is stored. */
  public static final PartitionProgress NONE =
      new PartitionProgress(Optional.empty(), false, OptionalLong.empty(), OptionalLong.empty());
}
