// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefProvider;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.EmptyLocalActorRef;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.RootActorPath;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.IndexedSeq;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

class ActiveNodesAllocationTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("ActiveNodesAllocationTest");
  private static final Address SELF = new Address("pekko", "orders", "10.0.0.1", 7355);
  private static final Address OTHER = new Address("pekko", "orders", "10.0.0.2", 7355);
  private static final Duration HOLD = Duration.ofSeconds(5);

  /** As the coordinator sees it: the region of its own node has no address. */
  private final ActorRef ownRegion = region(new Address("pekko", "orders"));

  private final ActorRef otherRegion = region(OTHER);
  private final Set<Address> active = new HashSet<>(Set.of(SELF, OTHER));
  private final Set<Address> members = new HashSet<>(active);
  private final AtomicLong now = new AtomicLong();
  private boolean unsettled;

  private final ActiveNodesAllocation.ClusterView view =
      new ActiveNodesAllocation.ClusterView() {
        @Override
        public Set<Address> active() {
          return active;
        }

        @Override
        public Set<Address> members() {
          return members;
        }

        @Override
        public boolean isUnsettled() {
          return unsettled;
        }
      };

  private final ActiveNodesAllocation allocation = allocation(Duration.ZERO);

  private ActiveNodesAllocation allocation(Duration balanceInterval) {
    return new ActiveNodesAllocation(
        new AllocationPolicy(100), view, SELF, HOLD, balanceInterval, now::get);
  }

  private static ActorRef region(Address address) {
    ActorRefProvider provider = ((ExtendedActorSystem) SYSTEM).provider();
    return new EmptyLocalActorRef(
        provider, new RootActorPath(address, "/").$div("region"), SYSTEM.eventStream());
  }

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  private Map<ActorRef, IndexedSeq<String>> held(List<String> own, List<String> others) {
    Map<ActorRef, IndexedSeq<String>> result = new HashMap<>();
    result.put(ownRegion, CollectionConverters.asScala(own).toIndexedSeq());
    result.put(otherRegion, CollectionConverters.asScala(others).toIndexedSeq());
    return result;
  }

  private static <T> T result(Future<T> future) throws Exception {
    return FutureConverters.asJava(future).toCompletableFuture().get(15, TimeUnit.SECONDS);
  }

  private Set<String> moves(List<String> own, List<String> others, String... inProgress)
      throws Exception {
    return result(allocation.rebalance(held(own, others), Set.of(inProgress)));
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void aPartitionGoesToTheActiveNodeWithTheFewest() throws Exception {
    assertThat(
            result(allocation.allocateShard(ownRegion, "3", held(List.of("0", "1"), List.of("2")))))
        .isEqualTo(otherRegion);
    assertThat(result(allocation.allocateShard(otherRegion, "3", held(List.of(), List.of("2")))))
        .isEqualTo(ownRegion);
  }

  @Test
  void aNodeWithoutAStreamGetsNothing() throws Exception {
    active.remove(SELF);

    assertThat(result(allocation.allocateShard(ownRegion, "1", held(List.of(), List.of("0")))))
        .isEqualTo(otherRegion);
  }

  @Test
  void withoutAnyStreamAPartitionStaysWithWhoeverAsked() throws Exception {
    active.clear();

    assertThat(result(allocation.allocateShard(otherRegion, "0", held(List.of(), List.of()))))
        .isEqualTo(otherRegion);
  }

  @Test
  void partitionsMoveForBalanceOnlyAfterTheyHaveStayedAWhile() throws Exception {
    List<String> all = List.of("0", "1", "2", "3");
    assertThat(moves(all, List.of())).isEmpty();
    pass(HOLD.minusNanos(1));
    assertThat(moves(all, List.of())).isEmpty();

    pass(Duration.ofNanos(1));
    assertThat(moves(all, List.of())).hasSize(2);
  }

  @Test
  void aPartitionThatHasMovedBeginsItsStayAnew() throws Exception {
    moves(List.of("0", "1"), List.of());
    pass(HOLD);
    moves(List.of(), List.of("0", "1"));
    pass(HOLD.dividedBy(2));

    assertThat(moves(List.of(), List.of("0", "1"))).isEmpty();
    pass(HOLD);
    assertThat(moves(List.of(), List.of("0", "1"))).hasSize(1);
  }

  @Test
  void whatHasLeftANodeIsWaitedForBeforeMoreIsMoved() throws Exception {
    List<String> all = List.of("0", "1", "2", "3", "4", "5");
    moves(all, List.of());
    pass(HOLD);
    Set<String> moved = moves(all, List.of());
    assertThat(moved).hasSize(3);
    List<String> kept = all.stream().filter(id -> !moved.contains(id)).toList();

    assertThat(moves(kept, List.of())).isEmpty();
    pass(HOLD);
    assertThat(moves(kept, List.of())).isEmpty();
    assertThat(moves(kept, List.copyOf(moved))).isEmpty();
  }

  @Test
  void whatDoesNotArriveDoesNotKeepTheOthersForEver() throws Exception {
    moves(List.of("0", "1", "2"), List.of());
    pass(HOLD);
    assertThat(moves(List.of("0", "1"), List.of())).isEmpty();

    pass(Duration.ofSeconds(30));
    assertThat(moves(List.of("0", "1"), List.of())).hasSize(1);
  }

  @Test
  void aNodeWhoseStreamHasLeftGivesEverythingAtOnce() throws Exception {
    active.remove(OTHER);

    assertThat(moves(List.of("0"), List.of("1", "2"))).containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void balanceIsConsideredOnceInAnIntervalAndAStreamThatHasLeftEachTime() throws Exception {
    ActiveNodesAllocation often = allocation(Duration.ofSeconds(2));
    Map<ActorRef, IndexedSeq<String>> uneven = held(List.of("0", "1", "2", "3"), List.of());
    result(often.rebalance(uneven, Set.of()));
    pass(Duration.ofSeconds(2));
    result(often.rebalance(uneven, Set.of()));
    pass(HOLD.minusSeconds(2));

    assertThat(result(often.rebalance(uneven, Set.of()))).hasSize(2);
    pass(Duration.ofSeconds(2).minusNanos(1));
    assertThat(result(often.rebalance(uneven, Set.of()))).isEmpty();

    active.remove(SELF);
    assertThat(result(often.rebalance(uneven, Set.of()))).hasSize(4);
  }

  @Test
  void nothingMovesWhileMovesAreUnderWayOrMembersCannotBeReached() throws Exception {
    active.remove(OTHER);
    assertThat(moves(List.of("0"), List.of("1"), "7")).isEmpty();

    unsettled = true;
    assertThat(moves(List.of("0"), List.of("1"))).isEmpty();
  }

  @Test
  void nothingIsMovedOffANodeThatIsGone() throws Exception {
    active.remove(OTHER);
    members.remove(OTHER);

    assertThat(moves(List.of("0"), List.of("1", "2"))).isEmpty();
  }
}
