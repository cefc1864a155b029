// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.amqp;

import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** A receiver that is attached at this moment. */
@InternalApi
public record ReceiverSnapshot(
    String eventHub,
    String consumerGroup,
    String partitionId,
    @Nullable Long ownerLevel,
    String receiverName,
    long delivered) {}
