// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerSettings;
import java.util.List;

/** Configuration that a page shows, loaded over the reference configurations. */
final class DocumentedConfiguration {

  /** Sections whose keys the user names, or that a library has which these tests do not use. */
  private static final List<String> OPEN =
      List.of(
          "pekko.coordinated-shutdown.reason-overrides.",
          "pekko.management.",
          "pekko.discovery.",
          "pekko.projection.");

  /** What an application gives by its environment. */
  private static final Config ENVIRONMENT =
      ConfigFactory.parseString(
          "HOST = localhost, PORT = 25520, EVENTHUBS_CONNECTION_STRING = x, STORAGE_CONNECTION_STRING = x");

  private DocumentedConfiguration() {}

  static Config load(String text) {
    Config reference = ConfigFactory.defaultReference();
    Config shown =
        ConfigFactory.parseString(text)
            .resolveWith(
                ENVIRONMENT.withFallback(reference),
                ConfigResolveOptions.defaults().setAllowUnresolved(false));
    assertThat(shown.entrySet())
        .isNotEmpty()
        .allSatisfy(
            entry ->
                assertThat(
                        reference.hasPathOrNull(withDefault(entry.getKey()))
                            || isOpen(entry.getKey()))
                    .as("a reference configuration has %s", entry.getKey())
                    .isTrue());
    Config loaded = shown.withFallback(reference);
    loaded.checkValid(reference);
    ConsumerSettings.create(loaded.getConfig("pekko.eventhubs.consumer"));
    CommitterSettings.create(loaded.getConfig("pekko.eventhubs.committer"));
    ProducerSettings.create(loaded.getConfig("pekko.eventhubs.producer"));
    return loaded;
  }

  /** Most phases of a shutdown have no time of their own, and one key has the default of all. */
  private static String withDefault(String key) {
    return key.replaceFirst("^(pekko\\.coordinated-shutdown\\.phases\\.[a-z-]+)\\.timeout$", "$1");
  }

  private static boolean isOpen(String key) {
    return !key.startsWith("pekko.") || OPEN.stream().anyMatch(key::startsWith);
  }
}
