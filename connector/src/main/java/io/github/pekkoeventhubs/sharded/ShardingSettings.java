// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.SettingsSection;
import java.time.Duration;
import java.util.Set;

/**
 * The section {@value #CONFIG_PATH}; {@code reference.conf} explains each value.
 *
 * @param keepAliveInterval how often partitions without a running owner are started
 * @param keepAliveIntervalWhenComplete the same when all have answered
 * @param minimumHold how long a partition stays before it may be moved for balance
 * @param balanceInterval how often it is considered to move partitions for balance, at most
 * @param maxSimultaneousMoves how many partitions are moved for balance at once
 * @param sharding Pekko's own settings of cluster sharding, for our owners
 */
record ShardingSettings(
    Duration keepAliveInterval,
    Duration keepAliveIntervalWhenComplete,
    Duration minimumHold,
    Duration balanceInterval,
    int maxSimultaneousMoves,
    Config sharding) {

  static final String CONFIG_PATH = "pekko.eventhubs.cluster-sharding";

  private static final String SHARDING = "sharding";

  ShardingSettings {
    SettingsSection.atLeast(key("keep-alive-interval"), keepAliveInterval, 10);
    SettingsSection.atLeast(
        key("keep-alive-interval-when-complete"), keepAliveIntervalWhenComplete, 10);
    SettingsSection.notNegative(key("minimum-hold"), minimumHold);
    SettingsSection.notNegative(key("balance-interval"), balanceInterval);
    SettingsSection.atLeast(key("max-simultaneous-moves"), maxSimultaneousMoves, 1);
  }

  private static String key(String name) {
    return CONFIG_PATH + "." + name;
  }

  /** Pekko's own defaults, and not what the application has made of them for its own types. */
  private static Config defaults() {
    return ConfigFactory.defaultReference(ShardingSettings.class.getClassLoader())
        .getConfig("pekko.cluster.sharding");
  }

  /** The role of the members that partitions are placed on; empty for all members. */
  String role() {
    return sharding.getString("role");
  }

  /**
   * Reads the section.
   *
   * @throws io.github.pekkoeventhubs.InvalidSettingsException if a value makes no sense, or a key
   *     is unknown outside of {@code sharding}, whose keys are Pekko's
   */
  static ShardingSettings create(Config config) {
    SettingsSection section =
        new SettingsSection("the settings in " + CONFIG_PATH, CONFIG_PATH, config)
            .withForeign(Set.of(SHARDING));
    ShardingSettings settings =
        new ShardingSettings(
            section.duration("keep-alive-interval"),
            section.duration("keep-alive-interval-when-complete"),
            section.duration("minimum-hold"),
            section.duration("balance-interval"),
            section.number("max-simultaneous-moves"),
            section.block(SHARDING).withFallback(defaults()));
    section.refuseUnknownKeys();
    return settings;
  }
}
