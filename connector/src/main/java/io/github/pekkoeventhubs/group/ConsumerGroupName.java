// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import java.util.Locale;
import org.apache.pekko.annotation.InternalApi;

/** Names a consumer group of an event hub wherever its partitions are placed. */
@InternalApi
public final class ConsumerGroupName {

  private static final String ANY_PARTITION = "0";

  private ConsumerGroupName() {}

  /** The group that a stream reads. */
  public static String of(StreamOfGroup stream) {
    EventHubPartition any = stream.partition(ANY_PARTITION);
    return (any.namespace() + "/" + any.eventHub() + "/" + any.consumerGroup())
        .toLowerCase(Locale.ROOT);
  }
}
