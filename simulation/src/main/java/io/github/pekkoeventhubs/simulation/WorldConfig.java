// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigMergeable;
import java.util.IdentityHashMap;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.DynamicAccess;

/**
 * The configuration of actor systems. Each of them merges, completes and checks it again, which
 * takes longer than all else that a node does at its start. The nodes of all worlds have the same
 * one, so the result of the first is kept.
 */
public final class WorldConfig {

  /** Nodes have one of two, and the members of clusters one of their own each. */
  private static final int MOST_KEPT = 64;

  private static final IdentityHashMap<Config, Config> MERGED = new IdentityHashMap<>();
  private static final IdentityHashMap<Config, Config> AMENDED = new IdentityHashMap<>();
  private static final IdentityHashMap<Config, Config> CHECKED = new IdentityHashMap<>();

  private WorldConfig() {}

  private static Config kept(
      IdentityHashMap<Config, Config> all, Config given, UnaryOperator<Config> made) {
    Config known = all.get(given);
    if (known != null) {
      return known;
    }
    if (all.size() >= MOST_KEPT) {
      all.clear();
    }
    Config result = made.apply(given);
    all.put(given, result);
    return result;
  }

  /** Like the method of the same name; the other one is always the reference. */
  public static Config withFallback(Config config, ConfigMergeable reference) {
    return kept(MERGED, config, given -> given.withFallback(reference));
  }

  /** Like the method of the same name. */
  public static void checkValid(Config config, Config reference, String[] paths) {
    kept(
        CHECKED,
        config,
        given -> {
          given.checkValid(reference, paths);
          return given;
        });
  }

  /** Like the method of the same name. */
  public static Config amendSlf4jConfig(
      ActorSystem.Settings$ settings, Config config, DynamicAccess access) {
    return kept(AMENDED, config, given -> settings.amendSlf4jConfig(given, access));
  }
}
