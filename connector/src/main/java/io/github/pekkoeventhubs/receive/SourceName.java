// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.log.LogKeys;
import org.jspecify.annotations.Nullable;

/**
 * Names a source in log lines by what it reads.
 *
 * @param namespace null as long as the source has not started
 */
record SourceName(@Nullable String namespace, String eventHub, String consumerGroup) {

  /** The name of a source that has not started. */
  static SourceName of(ConsumerSettings settings) {
    return new SourceName(null, settings.namedEventHub(), settings.consumerGroup());
  }

  LogKeys keys() {
    return LogKeys.ofGroup(namespace, eventHub, consumerGroup);
  }

  @Override
  public String toString() {
    return namespace == null
        ? "event hub '%s', consumer group '%s'".formatted(eventHub, consumerGroup)
        : namespace + "/" + eventHub + "/" + consumerGroup;
  }
}
