// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;

/** The state of a partition at one moment. */
@Internal
public record PartitionSnapshot(
    String partitionId,
    long firstSequenceNumber,
    long lastSequenceNumber,
    String lastOffset,
    int eventCount,
    long attaches,
    long delivered) {}
