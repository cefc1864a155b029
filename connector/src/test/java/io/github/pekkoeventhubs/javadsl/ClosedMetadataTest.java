// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.threads.SystemEnd;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of an {@link EventHubsMetadata}, which connects with its first question only. */
class ClosedMetadataTest {

  private final ActorTestKit testKit = ActorTestKit.create("ClosedMetadata", ConfigFactory.load());
  private final EventHubsMetadata metadata =
      EventHubsMetadata.create(
          ConsumerSettings.create(testKit.system())
              .withConnectionString(
                  "Endpoint=sb://localhost:1;SharedAccessKeyName=name;SharedAccessKey=key;UseDevelopmentEmulator=true")
              .withEventHubName("orders")
              .withConsumerGroup("billing"),
          testKit.system());

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  @Test
  void nothingOfItStaysWithTheActorSystem() {
    assertThat(SystemEnd.of(testKit.system()).count()).isEqualTo(1);

    assertThat(metadata.close().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));

    assertThat(SystemEnd.of(testKit.system()).count()).isZero();
  }
}
