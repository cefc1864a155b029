// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.amqp;

import org.apache.pekko.annotation.InternalApi;

/** What is known of a partition at one moment. */
@InternalApi
public record PartitionSnapshot(
    String partitionId,
    long firstSequenceNumber,
    long lastSequenceNumber,
    String lastOffset,
    int eventCount,
    long attaches,
    long delivered) {}
