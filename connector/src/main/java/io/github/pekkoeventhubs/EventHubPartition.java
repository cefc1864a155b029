// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Objects;

/**
 * Names one partition of one event hub as one consumer group reads it. Immutable, and safe for all
 * threads. An empty part is refused with an {@link IllegalArgumentException}.
 *
 * @param namespace the fully qualified namespace, for example {@code
 *     my-namespace.servicebus.windows.net}
 * @param eventHub the name of the event hub
 * @param consumerGroup the name of the consumer group, for example {@code $Default}
 * @param partitionId the id of the partition, for example {@code 0}
 */
public record EventHubPartition(
    String namespace, String eventHub, String consumerGroup, String partitionId) {

  /** Refuses an empty part: each of them becomes a folder of a blob name. */
  public EventHubPartition {
    requireName("namespace", namespace);
    requireName("eventHub", eventHub);
    requireName("consumerGroup", consumerGroup);
    requireName("partitionId", partitionId);
  }

  private static void requireName(String what, String value) {
    if (Objects.requireNonNull(value, what).isBlank()) {
      throw new IllegalArgumentException(what + " must not be empty");
    }
  }

  @Override
  public String toString() {
    return namespace + "/" + eventHub + "/" + consumerGroup + "/" + partitionId;
  }
}
