// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.EventHubPartition;
import java.util.Locale;

/** Names a consumer group of an event hub wherever its partitions are placed. */
final class ConsumerGroupName {

  private static final String ANY_PARTITION = "0";

  private ConsumerGroupName() {}

  /** The group that a stream reads. */
  static String of(ConsumerStream stream) {
    EventHubPartition any = stream.partition(ANY_PARTITION);
    return (any.namespace() + "/" + any.eventHub() + "/" + any.consumerGroup())
        .toLowerCase(Locale.ROOT);
  }
}
