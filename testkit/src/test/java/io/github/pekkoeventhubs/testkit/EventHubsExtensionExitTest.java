// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.typesafe.config.ConfigFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/** Runs tests whose class path has the configuration of a service that ends its process. */
class EventHubsExtensionExitTest {

  private static final String EXIT_JVM = "pekko.coordinated-shutdown.exit-jvm";

  /** Without this the end of the test's actor system would end the JVM, and no test would fail. */
  @Test
  void theConfigurationOfAServiceDoesNotEndTheJvmOfItsTests(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("application.conf"), EXIT_JVM + " = on");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(selectClass(ConfiguredAsAService.class))
                  .build(),
              listener);
    } finally {
      thread.setContextClassLoader(before);
    }

    assertThat(listener.getSummary().getFailures()).extracting(Failure::getException).isEmpty();
    assertThat(listener.getSummary().getTestsSucceededCount()).isEqualTo(1);
  }

  static class ConfiguredAsAService {
    @RegisterExtension final EventHubsExtension hubs = EventHubsExtension.create();

    @Test
    void endsWithoutTheJvm(ActorSystem<?> system) {
      assertThat(ConfigFactory.load().getBoolean(EXIT_JVM)).isTrue();
      assertThat(system.settings().config().getBoolean(EXIT_JVM)).isFalse();
    }
  }
}
