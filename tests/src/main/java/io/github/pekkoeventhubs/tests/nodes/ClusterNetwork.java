// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.remote.RARP;
import org.apache.pekko.remote.transport.ThrottlerTransportAdapter;

/**
 * Breaks the network between the members of a cluster, and nothing else: blobs and event hubs stay
 * reachable. Works only with {@code pekko.remote.artery.advanced.test-mode = on}.
 */
@SuppressWarnings(
    "deprecation") // The commands have outlived the transport that they were made for.
final class ClusterNetwork {

  private ClusterNetwork() {}

  /** Drops all messages from and to the node at the address. */
  static void cut(ActorSystem<?> system, Address address) {
    set(system, address, ThrottlerTransportAdapter.blackholeThrottleMode());
  }

  /** Lets messages pass again. */
  static void restore(ActorSystem<?> system, Address address) {
    set(system, address, ThrottlerTransportAdapter.unthrottledThrottleMode());
  }

  private static void set(
      ActorSystem<?> system, Address address, ThrottlerTransportAdapter.ThrottleMode mode) {
    ((RARP) RARP.get(Adapter.toClassic(system)))
        .provider()
        .transport()
        .managementCommand(
            new ThrottlerTransportAdapter.SetThrottle(
                address, ThrottlerTransportAdapter.bothDirection(), mode));
  }
}
