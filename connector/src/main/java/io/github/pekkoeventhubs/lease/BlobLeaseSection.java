// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.lease;

import com.typesafe.config.Config;
import io.github.pekkoeventhubs.SettingsSection;
import java.time.Duration;
import java.util.List;

/**
 * The section of a lease: Pekko's keys, which {@code LeaseSettings} reads, beside those of a store.
 */
final class BlobLeaseSection {

  private static final String HEARTBEAT_INTERVAL = "heartbeat-interval";
  private static final String HEARTBEAT_TIMEOUT = "heartbeat-timeout";
  private static final String OPERATION_TIMEOUT = "lease-operation-timeout";

  /** The keys that every lease of Pekko's has. */
  private static final List<String> KEYS_OF_LEASES =
      List.of("lease-class", HEARTBEAT_INTERVAL, HEARTBEAT_TIMEOUT, OPERATION_TIMEOUT);

  private static final long SHORTEST_MILLIS = 10;

  private BlobLeaseSection() {}

  /**
   * Where the lease is kept, after all keys of the section have been checked.
   *
   * @param lease the section of the lease
   * @param store the section of the partition store, which says what the lease's does not
   * @throws io.github.pekkoeventhubs.InvalidSettingsException if a key is unknown, or a duration
   *     cannot be meant
   */
  static Config storeOf(Config lease, Config store) {
    SettingsSection section =
        new SettingsSection("the settings of the blob lease", lease)
            .withForeign(KEYS_OF_LEASES)
            .withForeign(store.root().keySet());
    Duration interval = duration(section, HEARTBEAT_INTERVAL);
    SettingsSection.growing(
        HEARTBEAT_INTERVAL, interval, HEARTBEAT_TIMEOUT, duration(section, HEARTBEAT_TIMEOUT));
    duration(section, OPERATION_TIMEOUT);
    section.refuseUnknownKeys();
    Config ofTheStore = lease;
    for (String key : KEYS_OF_LEASES) {
      ofTheStore = ofTheStore.withoutPath(key);
    }
    return ofTheStore.withFallback(store);
  }

  private static Duration duration(SettingsSection section, String key) {
    return SettingsSection.atLeast(key, section.duration(key), SHORTEST_MILLIS);
  }
}
