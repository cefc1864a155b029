// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.amqp.ReceiverSnapshot;
import java.util.OptionalLong;

/**
 * A receiver that is attached to an {@link EventHubsEmulator}.
 *
 * @param ownerLevel its owner level (epoch); none if it shares the partition
 * @param receiverName the name the client gave; {@code nil} if it gave none
 * @param delivered events sent to it so far
 */
public record AttachedReceiver(
    String eventHub,
    String consumerGroup,
    String partitionId,
    OptionalLong ownerLevel,
    String receiverName,
    long delivered) {

  static AttachedReceiver of(ReceiverSnapshot snapshot) {
    Long ownerLevel = snapshot.ownerLevel();
    return new AttachedReceiver(
        snapshot.eventHub(),
        snapshot.consumerGroup(),
        snapshot.partitionId(),
        ownerLevel == null ? OptionalLong.empty() : OptionalLong.of(ownerLevel),
        snapshot.receiverName(),
        snapshot.delivered());
  }
}
