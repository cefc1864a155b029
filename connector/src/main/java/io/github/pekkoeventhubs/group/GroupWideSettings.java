// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidSettingsException;
import java.util.Optional;

/**
 * The settings that streams of one consumer group on one node must agree on, since partitions move
 * between them.
 */
final class GroupWideSettings {

  private GroupWideSettings() {}

  static Optional<InvalidSettingsException> clash(ConsumerSettings first, ConsumerSettings second) {
    if (!first
        .partitionStore()
        .map(store -> store.description())
        .equals(second.partitionStore().map(store -> store.description()))) {
      return refused("partition-store");
    }
    if (!first.ownership().equals(second.ownership())) {
      return refused("ownership");
    }
    if (!first.balanced().equals(second.balanced())) {
      return refused("balanced");
    }
    if (!first.handoverTimeout().equals(second.handoverTimeout())) {
      return refused("handover-timeout");
    }
    return Optional.empty();
  }

  private static Optional<InvalidSettingsException> refused(String key) {
    return Optional.of(
        new InvalidSettingsException(
            key
                + " differs from that of another stream which reads the same consumer group on this"
                + " node: partitions move between the two, so give both the same value"));
  }
}
