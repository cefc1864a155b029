// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.sharded.ClusterIdentity.Standing;
import java.time.Duration;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes of a cluster, each with a receptionist in common, agree on one id. */
class ClusterIdentityTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ServiceKey<String> KEY = ServiceKey.create(String.class, "cluster");

  private final ActorTestKit testKit =
      ActorTestKit.create("ClusterIdentityTest", ConfigFactory.load());

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  private ClusterIdentity node(Standing standing, String random) {
    return node(standing, random, Duration.ofMillis(500));
  }

  private ClusterIdentity node(Standing standing, String random, Duration patience) {
    ClusterIdentity identity = new ClusterIdentity(patience);
    testKit.spawn(identity.agree(KEY, () -> standing, () -> random));
    return identity;
  }

  private static void awaitId(ClusterIdentity identity, String id) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(identity.id()).contains(id));
  }

  @Test
  void theOldestMemberChoosesTheIdAndTheOthersLearnIt() {
    ClusterIdentity younger = node(Standing.MEMBER, "a smaller one", PATIENCE);
    ClusterIdentity oldest = node(Standing.OLDEST, "first");

    awaitId(oldest, "first");
    awaitId(younger, "first");
    await().atMost(PATIENCE).until(() -> younger.known().toCompletableFuture().isDone());
    assertThat(younger.ids()).containsExactly("first");
  }

  @Test
  void aNodeThatJoinsLearnsTheIdFromAnyMember() {
    ClusterIdentity oldest = node(Standing.OLDEST, "first");
    awaitId(oldest, "first");

    awaitId(node(Standing.MEMBER, "other"), "first");
  }

  @Test
  void aNodeOutsideOfAClusterChoosesNoId() {
    ClusterIdentity outside = node(Standing.OUTSIDE, "none");

    await()
        .during(Duration.ofMillis(1500))
        .atMost(PATIENCE)
        .until(
            () ->
                outside.id().isEmpty()
                    && outside.ids().isEmpty()
                    && !outside.known().toCompletableFuture().isDone());
  }

  @Test
  void membersChooseAfterAWhileIfTheOldestDoesNotAndAllSignWithTheSameId() {
    ClusterIdentity one = node(Standing.MEMBER, "a");
    ClusterIdentity two = node(Standing.MEMBER, "b");

    await().atMost(PATIENCE).until(() -> one.id().isPresent() && two.ids().equals(one.ids()));
    assertThat(Set.of("a", "b")).containsAll(one.ids());
    assertThat(two.id()).isEqualTo(one.id());
  }
}
