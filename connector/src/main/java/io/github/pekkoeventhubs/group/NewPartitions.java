// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import java.util.List;
import java.util.Set;
import org.apache.pekko.annotation.InternalApi;

/**
 * The partitions that an event hub has got since a group on this node first asked for them. They
 * are read from their beginning: whatever they have has come while the group was reading, so that
 * {@code latest} would leave out events. Thread-safe.
 */
@InternalApi
public final class NewPartitions {

  private volatile Set<String> first = Set.of();

  /** The event hub has these partitions now. */
  void known(List<String> partitionIds) {
    if (first.isEmpty()) {
      first = Set.copyOf(partitionIds);
    }
  }

  /** Whether the partition was not there at the first look. */
  public boolean isNew(String partitionId) {
    Set<String> known = first;
    return !known.isEmpty() && !known.contains(partitionId);
  }
}
