// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.micrometer.core.instrument.Tags;

/**
 * The names of tags by OpenTelemetry's conventions for messaging, as the SDK's own instruments bear
 * them.
 */
final class MessagingTags {

  static final String SYSTEM = "messaging.system";
  static final String ADDRESS = "server.address";
  static final String DESTINATION = "messaging.destination.name";
  static final String GROUP = "messaging.consumer.group.name";
  static final String PARTITION = "messaging.destination.partition.id";
  static final String OPERATION = "messaging.operation.name";
  static final String OPERATION_TYPE = "messaging.operation.type";

  /** Empty for what has not failed: all meters of one name have the same tags. */
  static final String ERROR_TYPE = "error.type";

  /** The conventions' value where no class of errors is told. */
  static final String ANY_ERROR = "_OTHER";

  private MessagingTags() {}

  static Tags eventHub(String namespace, String eventHub) {
    return Tags.of(SYSTEM, "eventhubs", ADDRESS, namespace, DESTINATION, eventHub);
  }

  static Tags group(String namespace, String eventHub, String consumerGroup) {
    return eventHub(namespace, eventHub).and(GROUP, consumerGroup);
  }

  static Tags partition(
      String namespace, String eventHub, String consumerGroup, String partitionId) {
    return group(namespace, eventHub, consumerGroup).and(PARTITION, partitionId);
  }
}
