// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.log.StreamFailureLog;
import org.jspecify.annotations.Nullable;

/**
 * The log lines of a producer's stage.
 *
 * @param eventHub the event hub by its settings
 * @param keys the names of what it sends to, as far as they are known
 */
record ProducerLog(String eventHub, LogKeys keys) {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.Producer");

  /** The lines of a producer, which may have no sender yet. */
  static ProducerLog of(ProducerSettings settings, @Nullable EventSender sender) {
    return new ProducerLog(
        settings.namedEventHub(),
        sender == null ? LogKeys.ofEventHub(null, settings.namedEventHub()) : sender.keys());
  }

  void partitionsNotFound(@Nullable Throwable failure) {
    LOG.warn(
        keys,
        "looking for new partitions failed, so that keys stay where they are: {}",
        String.valueOf(failure));
  }

  void partitionsChanged(int now, int before) {
    LOG.info(
        keys,
        "the event hub now has {} partitions instead of {}: keys are spread anew",
        now,
        before);
  }

  void failed(Throwable failure) {
    StreamFailureLog.failed(LOG, keys, "producer", "event hub '" + eventHub + "'", failure);
  }
}
