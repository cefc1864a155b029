// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.EmptyLocalActorRef;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.RootActorPath;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.IndexedSeq;
import scala.concurrent.Await;
import scala.jdk.javaapi.CollectionConverters;

class RemovedNodeAllocationTest {

  private static final Address A = new Address("pekko", "cluster", "127.0.0.1", 1);
  private static final Address B = new Address("pekko", "cluster", "127.0.0.1", 2);

  private final ActorSystem system = ActorSystem.create();

  /**
   * The cluster as the coordinator's node sees it; {@code members} are those that are not removed.
   */
  private record View(Set<Address> active, Set<Address> members)
      implements ActiveNodesAllocation.ClusterView {

    @Override
    public boolean isUnsettled() {
      return false;
    }
  }

  @AfterEach
  void stop() {
    TestKit.shutdownActorSystem(system);
  }

  @Test
  void partitionsLeaveAMemberWithoutAStream() throws Exception {
    assertThat(moves(new View(Set.of(A), Set.of(A, B)))).containsExactlyInAnyOrder("2", "3");
  }

  @Test
  void noneIsMovedAwayFromANodeThatIsGoneAndWouldNotAnswer() throws Exception {
    assertThat(moves(new View(Set.of(A), Set.of(A)))).isEmpty();
  }

  private Set<String> moves(ActiveNodesAllocation.ClusterView view) throws Exception {
    ActiveNodesAllocation allocation =
        new ActiveNodesAllocation(
            new AllocationPolicy(100), view, A, Duration.ZERO, Duration.ZERO, () -> 0);
    return Await.result(
        allocation.rebalance(
            Map.of(region(A), partitions("0", "1"), region(B), partitions("2", "3")), Set.of()),
        scala.concurrent.duration.Duration.create(1, TimeUnit.SECONDS));
  }

  private ActorRef region(Address address) {
    return new EmptyLocalActorRef(
        ((ExtendedActorSystem) system).provider(),
        RootActorPath.apply(address, "/").$div("region"),
        system.eventStream());
  }

  private static IndexedSeq<String> partitions(String... ids) {
    return CollectionConverters.asScala(List.of(ids)).toIndexedSeq();
  }
}
