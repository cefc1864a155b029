// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.SelfUp;
import org.apache.pekko.cluster.typed.Subscribe;

/** Starts the actor system of a node and lets it join its cluster. */
final class QuickstartSystem {

  private static final Duration JOINING = Duration.ofSeconds(30);

  private QuickstartSystem() {}

  /**
   * Returns when the node is a member of its cluster.
   *
   * @param seed the address of a node to join; a node without one is the first of a new cluster
   * @param settings come before those of quickstart.conf
   */
  static ActorSystem<SelfUp> start(Optional<String> seed, Map<String, String> settings) {
    Config config =
        ConfigFactory.load(
            ConfigFactory.parseMap(settings)
                .withFallback(ConfigFactory.parseResources("quickstart.conf")));
    CompletableFuture<SelfUp> up = new CompletableFuture<>();
    ActorSystem<SelfUp> system =
        ActorSystem.create(
            Behaviors.receiveMessage(
                message -> {
                  up.complete(message);
                  return Behaviors.same();
                }),
            "quickstart",
            config);
    Cluster cluster = Cluster.get(system);
    cluster.subscriptions().tell(Subscribe.create(system, SelfUp.class));
    Address first = seed.map(AddressFromURIString::parse).orElse(cluster.selfMember().address());
    cluster.manager().tell(new JoinSeedNodes(List.of(first)));
    up.orTimeout(JOINING.toSeconds(), TimeUnit.SECONDS).join();
    return system;
  }

  static String address(ActorSystem<?> system) {
    return Cluster.get(system).selfMember().address().toString();
  }
}
