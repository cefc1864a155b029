// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.SelfUp;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.LoggerFactory;

/** The actor system of a node, and how it joins its cluster. */
final class QuickstartSystem {

  private static final Duration JOINING = Duration.ofSeconds(120);

  private QuickstartSystem() {}

  /**
   * Starts one that is not in a cluster yet.
   *
   * @param settings come before those of quickstart.conf
   */
  static ActorSystem<Void> start(Map<String, String> settings) {
    // Several threads log as soon as the system starts; SLF4J wants to be initialized by one.
    LoggerFactory.getILoggerFactory();
    Config config =
        ConfigFactory.load(
            ConfigFactory.parseMap(settings)
                .withFallback(ConfigFactory.parseResources("quickstart.conf")));
    return ActorSystem.create(Behaviors.ignore(), "quickstart", config);
  }

  /** Joins the cluster of a node, which may be this one; returns when it is a member. */
  static void join(ActorSystem<?> system, String address) {
    Cluster cluster = Cluster.get(system);
    CompletableFuture<Done> up = new CompletableFuture<>();
    system.systemActorOf(
        Behaviors.<SelfUp>setup(
            context -> {
              cluster.subscriptions().tell(Subscribe.create(context.getSelf(), SelfUp.class));
              return Behaviors.receiveMessage(
                  message -> {
                    up.complete(Done.getInstance());
                    return Behaviors.stopped();
                  });
            }),
        "up",
        Props.empty());
    cluster.manager().tell(new JoinSeedNodes(List.of(AddressFromURIString.parse(address))));
    up.orTimeout(JOINING.toSeconds(), TimeUnit.SECONDS).join();
  }

  static String address(ActorSystem<?> system) {
    return Cluster.get(system).selfMember().address().toString();
  }
}
