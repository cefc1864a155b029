// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * A cluster member in a JVM of its own, which says on its standard output where it is ({@code
 * ADDRESS ..}) and, with each change, how many members it sees ({@code MEMBERS n}). It joins the
 * address given as its argument, or itself. Configured by system properties.
 */
final class LeaseNode {

  private LeaseNode() {}

  public static void main(String[] arguments) {
    Config config =
        ConfigFactory.load(
            ConfigFactory.systemProperties()
                .withFallback(ConfigFactory.parseResources("cluster-node.conf"))
                .withFallback(ConfigFactory.parseResources("application.conf")));
    ActorSystem<MemberEvent> system = ActorSystem.create(membersReported(), "Lease", config);
    Cluster cluster = Cluster.get(system);
    String self = cluster.selfMember().address().toString();
    say("ADDRESS " + self);
    cluster
        .manager()
        .tell(Join.create(AddressFromURIString.parse(arguments.length > 0 ? arguments[0] : self)));
  }

  private static Behavior<MemberEvent> membersReported() {
    return Behaviors.setup(
        context -> {
          Cluster cluster = Cluster.get(context.getSystem());
          cluster.subscriptions().tell(Subscribe.create(context.getSelf(), MemberEvent.class));
          Set<UniqueAddress> up = new HashSet<>();
          return Behaviors.receiveMessage(
              event -> {
                if (event instanceof MemberUp) {
                  up.add(event.member().uniqueAddress());
                } else if (event instanceof MemberRemoved) {
                  up.remove(event.member().uniqueAddress());
                }
                say("MEMBERS " + up.size());
                return Behaviors.same();
              });
        });
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
