// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import org.jspecify.annotations.Nullable;

/** A receiver that is attached at this moment. */
@Internal
public record ReceiverSnapshot(
    String eventHub,
    String consumerGroup,
    String partitionId,
    @Nullable Long ownerLevel,
    String receiverName,
    long delivered) {}
