// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import java.lang.reflect.Constructor;
import java.time.Instant;

/**
 * What the service says of a partition. The SDK alone is meant to make these, by reflection here.
 */
final class ServiceAnswers {

  private ServiceAnswers() {}

  /** An answer about a partition without events. */
  static PartitionProperties empty() throws ReflectiveOperationException {
    return endingAt(-1, "-1");
  }

  /** An answer about a partition whose first event is 0; empty if the last one is below it. */
  static PartitionProperties endingAt(long lastSequenceNumber, String lastOffset)
      throws ReflectiveOperationException {
    return from(0, lastSequenceNumber, lastOffset);
  }

  /** An answer about a partition whose first event has this number. */
  static PartitionProperties from(long first, long lastSequenceNumber, String lastOffset)
      throws ReflectiveOperationException {
    Constructor<PartitionProperties> constructor =
        PartitionProperties.class.getDeclaredConstructor(
            String.class,
            String.class,
            long.class,
            long.class,
            String.class,
            Instant.class,
            boolean.class);
    constructor.setAccessible(true);
    return constructor.newInstance(
        "orders",
        "0",
        first,
        lastSequenceNumber,
        lastOffset,
        Instant.EPOCH,
        lastSequenceNumber < 0);
  }
}
