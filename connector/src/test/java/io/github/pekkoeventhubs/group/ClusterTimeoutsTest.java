// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.log.LogKeys;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node says at its start when the cluster's settings do not fit. */
class ClusterTimeoutsTest {

  private final ActorTestKit testKit =
      ActorTestKit.create("ClusterTimeoutsTest", ConfigFactory.load());

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  @Test
  void withoutADowningProviderPartitionsOfACrashedNodeNeverMove() {
    LoggingTestKit.warn("is empty: the partitions of a node that crashes will never move")
        .expect(
            testKit.system(),
            () -> {
              ClusterTimeouts.check(testKit.system(), Duration.ofSeconds(1), LogKeys.NONE);
              return null;
            });
  }

  @Test
  void aHandOverThatIsLongerThanAPhaseIsNamedWithItsKey() {
    LoggingTestKit.warn("cluster-sharding-shutdown-region.timeout")
        .expect(
            testKit.system(),
            () -> {
              ClusterTimeouts.checkShutdown(testKit.system(), Duration.ofSeconds(30), LogKeys.NONE);
              return null;
            });
  }
}
