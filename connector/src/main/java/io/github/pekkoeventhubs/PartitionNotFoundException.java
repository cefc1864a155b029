// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Collection;
import java.util.List;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** The event hub has no partition of that id. */
public final class PartitionNotFoundException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public PartitionNotFoundException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public PartitionNotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * For partitions that were named to the connector.
   *
   * @param missing those of them that the event hub does not have
   * @param known all that it has
   */
  @InternalApi
  public static PartitionNotFoundException of(
      String eventHub, Collection<String> missing, Collection<String> known) {
    return new PartitionNotFoundException(
        "event hub '"
            + eventHub
            + "' has no partition "
            + inOrder(missing)
            + (known.isEmpty()
                ? " and no other: add partitions to the event hub"
                : " but "
                    + inOrder(known)
                    + ": name one of these, or add partitions to the event hub"));
  }

  private static List<String> inOrder(Collection<String> partitionIds) {
    return partitionIds.stream().sorted(PartitionIds.ORDER).toList();
  }

  /**
   * Always false: somebody has to correct the partition id, or to add partitions to the event hub.
   */
  @Override
  public boolean isTransient() {
    return false;
  }
}
