// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.typesafe.config.Config;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.annotation.InternalApi;

/**
 * The section {@value #CONFIG_PATH} of an actor system: the sections of {@code reference.conf}, and
 * no others. Nobody would read a section that is misspelled. Any thread.
 */
@InternalApi
public final class RootSection {

  static final String CONFIG_PATH = "pekko.eventhubs";

  /** All sections of {@code reference.conf}. */
  static final Set<String> SECTIONS =
      Set.of(
          "consumer",
          "cluster-sharding",
          "committer",
          "producer",
          "partition-store.blob",
          "blob-lease",
          "dispatcher");

  /** Sections with keys that may be looked for outside of them. */
  private static final List<String> WITH_KEYS_TO_NAME =
      List.of("consumer", "committer", "producer", "partition-store.blob");

  private RootSection() {}

  /**
   * A section of this system.
   *
   * @param path the full path of the section
   * @throws InvalidSettingsException if {@value #CONFIG_PATH} has a section that nobody reads
   */
  public static Config section(ClassicActorSystemProvider system, String path) {
    Config all = system.classicSystem().settings().config();
    refuseUnknownSections(all.getConfig(CONFIG_PATH));
    return all.getConfig(path);
  }

  private static void refuseUnknownSections(Config root) {
    Set<String> known = new TreeSet<>(SECTIONS);
    for (String section : WITH_KEYS_TO_NAME) {
      if (root.hasPath(section)) {
        root.getConfig(section).entrySet().forEach(key -> known.add(section + "." + key.getKey()));
      }
    }
    new SettingsSection(
            "the settings in " + CONFIG_PATH + " (your own sections stand elsewhere)", root)
        .withForeign(known)
        .refuseUnknownKeys();
  }
}
