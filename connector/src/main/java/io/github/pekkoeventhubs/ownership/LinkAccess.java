// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.ownership.PartitionRun.ReceiverEnd;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tells an access that has expired from rights that are gone. A link that has worked loses its
 * access when its token expires. The SDK renews tokens, but where the service fails to take one it
 * tries again only after another token's time, and says nothing (azure-core-amqp 2.12.1). The next
 * attach brings a token of its own: if it is refused as well, the rights are gone. One link ends
 * after the other, on whatever thread.
 */
final class LinkAccess {

  /** An attach that is refused ends sooner. */
  private static final Duration WORKED_BEFORE = Duration.ofMinutes(1);

  private final EventHubPartition partition;
  private final LongSupplier nanoTime;
  private volatile long attachedAt;

  /**
   * @param nanoTime the monotonic time
   */
  LinkAccess(EventHubPartition partition, LongSupplier nanoTime) {
    this.partition = partition;
    this.nanoTime = nanoTime;
  }

  /** A receiver is being attached. */
  void attaching() {
    attachedAt = nanoTime.getAsLong();
  }

  /** The end of a receiver whose access was refused, with what it means. */
  ReceiverEnd refused(ReceiverEnd end) {
    boolean worked =
        end.hadReceived() || nanoTime.getAsLong() - attachedAt >= WORKED_BEFORE.toNanos();
    return worked
        ? end.withCause(
            new ServiceUnavailableException(
                "receiving from "
                    + partition
                    + " has worked and is refused now; attaching with a new token",
                end.cause()),
            true)
        : end;
  }
}
