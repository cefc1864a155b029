// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.Test;

class WithdrawalsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String GROUP = "test-group";
  private static final Config CLUSTER =
      ConfigFactory.parseString(
              """
              pekko {
                actor.provider = cluster
                remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
                cluster.jmx.multi-mbeans-in-same-jvm = on
                coordinated-shutdown.run-by-actor-system-terminate = off
                coordinated-shutdown.exit-jvm = off
              }
              """)
          .withFallback(ConfigFactory.load());

  private final AtomicLong now = new AtomicLong();
  private final Withdrawals withdrawals = new Withdrawals(now::get);

  private record Node(ActiveNodes active, ActorPath group) {}

  /** One node with a group that does nothing but know which nodes are active. */
  private static Node node(ActorTestKit testKit) {
    ActorSystem<?> system = testKit.system();
    ActiveNodes nodes = new ActiveNodes(system, new DataCentre(Cluster.get(system)), GROUP);
    Behavior<ShardedGroup.Command> group =
        Behaviors.setup(
            context -> {
              nodes.follow(context);
              return Behaviors.ignore();
            });
    return new Node(nodes, system.systemActorOf(group, GROUP, Props.empty()).path());
  }

  @Test
  void aNodeThatWithdrawsIsLeftOutAtOnceOnTheOthersAndComesBackUnlessTheReceptionistKnowsIt() {
    ActorTestKit one = ActorTestKit.create("WithdrawalsTest", CLUSTER);
    ActorTestKit two = ActorTestKit.create("WithdrawalsTest", CLUSTER);
    try {
      Cluster first = Cluster.get(one.system());
      Cluster second = Cluster.get(two.system());
      Address leaving = second.selfMember().address();
      first.manager().tell(Join.create(first.selfMember().address()));
      second.manager().tell(Join.create(first.selfMember().address()));
      ActiveNodes nodes = node(one).active();
      Node leaver = node(two);
      leaver.active().announce(two.spawn(Behaviors.ignore()));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  second.selfMember().status() == MemberStatus.up()
                      && nodes.active().contains(leaving));

      // The receptionist is not told, so that it cannot be where the first node knows it from.
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                // Again, since it counts for two seconds, for which this thread may not run.
                Withdrawals.at(two.system(), first.selfMember().address(), leaver.group())
                    .tell(leaving, org.apache.pekko.actor.ActorRef.noSender());
                return !nodes.active().contains(leaving);
              });
      await().atMost(PATIENCE).until(() -> nodes.active().contains(leaving));
    } finally {
      two.shutdownTestKit();
      one.shutdownTestKit();
    }
  }

  @Test
  void whatANodeHasSaidCountsForTwoSecondsAndNotOnceTheReceptionistKnowsMore() {
    Address node = new Address("pekko", "orders", "10.0.0.1", 7355);
    ActorTestKit testKit = ActorTestKit.create("WithdrawalsTest", CLUSTER);
    try {
      ActorRef<Address> actor = testKit.spawn(withdrawals.receive());
      actor.tell(node);
      await().atMost(PATIENCE).until(() -> withdrawals.contains(node));

      now.addAndGet(Duration.ofSeconds(2).toNanos() - 1);
      assertThat(withdrawals.contains(node)).isTrue();
      now.incrementAndGet();
      assertThat(withdrawals.contains(node)).isFalse();

      actor.tell(node);
      await().atMost(PATIENCE).until(() -> withdrawals.contains(node));
      withdrawals.forget();
      assertThat(withdrawals.contains(node)).isFalse();
    } finally {
      testKit.shutdownTestKit();
    }
  }
}
