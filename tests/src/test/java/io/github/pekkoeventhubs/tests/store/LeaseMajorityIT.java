// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.lease.BlobLease;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Two nodes in JVMs of their own, of which the one with the lower address is killed: the case in
 * which Pekko's strategies without a lease take the other one down too.
 */
class LeaseMajorityIT {

  private static final String SBR = "pekko.cluster.split-brain-resolver.";

  @Test
  void theSurvivorLivesOnWithTheLease() {
    try (BlobEmulator blobs = BlobEmulator.builder().container("leases").start()) {
      Map<String, String> configuration = configuration("lease-majority");
      configuration.put(SBR + "lease-majority.lease-implementation", BlobLease.CONFIG_PATH);
      configuration.put(SBR + "lease-majority.acquire-lease-delay-for-minority", "1s");
      configuration.put(BlobLease.CONFIG_PATH + ".connection-string", blobs.connectionString());
      configuration.put(BlobLease.CONFIG_PATH + ".container", "leases");
      try (TwoNodes nodes = TwoNodes.start(configuration)) {
        nodes.lower.kill();

        nodes.higher.awaitMembers(1);

        assertThat(nodes.higher.isAlive()).as(nodes.higher.output()).isTrue();
        assertThat(blobs.blobs("leases"))
            .singleElement()
            .satisfies(
                lease ->
                    assertThat(lease.metadata().get("ownerid"))
                        .contains(Integer.toString(nodes.higher.port())));
      }
    }
  }

  @Test
  void theSurvivorGoesDownWithoutTheLease() {
    try (TwoNodes nodes = TwoNodes.start(configuration("keep-majority"))) {
      nodes.lower.kill();

      nodes.higher.awaitExit();

      assertThat(nodes.higher.output()).contains("SBR took decision DownReachable");
    }
  }

  private static Map<String, String> configuration(String strategy) {
    Map<String, String> configuration = new HashMap<>();
    configuration.put(SBR + "active-strategy", strategy);
    configuration.put(SBR + "stable-after", "2s");
    configuration.put("pekko.cluster.failure-detector.acceptable-heartbeat-pause", "2s");
    configuration.put("pekko.coordinated-shutdown.exit-jvm", "on");
    return configuration;
  }

  /** A cluster of two, told apart by their addresses. */
  private record TwoNodes(LeaseNodeProcess lower, LeaseNodeProcess higher)
      implements AutoCloseable {

    static TwoNodes start(Map<String, String> configuration) {
      LeaseNodeProcess first = LeaseNodeProcess.start(configuration);
      LeaseNodeProcess second = LeaseNodeProcess.start(configuration, first.address());
      first.awaitMembers(2);
      second.awaitMembers(2);
      return first.port() < second.port()
          ? new TwoNodes(first, second)
          : new TwoNodes(second, first);
    }

    @Override
    public void close() {
      lower.close();
      higher.close();
    }
  }
}
