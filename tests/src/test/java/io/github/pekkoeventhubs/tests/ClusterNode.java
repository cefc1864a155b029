// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Join;

/** An actor system in this JVM that is a member of a cluster on loopback. */
public final class ClusterNode implements AutoCloseable {

  /** Configuration of a node that can {@link #crash}. */
  public static final String CRASHES =
      "pekko.coordinated-shutdown.run-by-actor-system-terminate = off\n";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ActorSystem<Void> system;

  private ClusterNode(ActorSystem<Void> system) {
    this.system = system;
  }

  /** A node that forms a cluster of its own. */
  public static ClusterNode first() {
    return first("");
  }

  /** The same with configuration of its own. */
  public static ClusterNode first(String configuration) {
    ClusterNode node = start(configuration);
    node.join(node);
    return node;
  }

  /** A node that joins the cluster of another one. */
  public static ClusterNode joining(ClusterNode other) {
    return joining(other, "");
  }

  /** The same with configuration of its own. */
  public static ClusterNode joining(ClusterNode other, String configuration) {
    ClusterNode node = start(configuration);
    node.join(other);
    return node;
  }

  private static ClusterNode start(String configuration) {
    Config config =
        ConfigFactory.load(
            ConfigFactory.parseString(configuration)
                .withFallback(ConfigFactory.parseResources("cluster-node.conf"))
                .withFallback(ConfigFactory.parseResources("application.conf")));
    return new ClusterNode(ActorSystem.create(Behaviors.empty(), "Tests", config));
  }

  private void join(ClusterNode other) {
    Cluster cluster = Cluster.get(system);
    cluster.manager().tell(Join.create(Cluster.get(other.system).selfMember().address()));
    await().atMost(PATIENCE).until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
  }

  public ActorSystem<Void> system() {
    return system;
  }

  /** Leaves the cluster and ends, as on SIGTERM. */
  public void leave() {
    CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.unknownReason());
    try {
      system.getWhenTerminated().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the node has not ended", e);
    }
  }

  /**
   * Ends without leaving the cluster or releasing anything, as a process that is killed. Only for
   * nodes with {@link #CRASHES} in their configuration.
   */
  public void crash() {
    system.classicSystem().terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the node has not ended", e);
    }
  }

  /** Declares a member down, and waits until this node has seen it removed. */
  public void remove(ClusterNode other) {
    Cluster cluster = Cluster.get(system);
    Address address = Cluster.get(other.system).selfMember().address();
    cluster.manager().tell(new Down(address));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              for (Member member : cluster.state().getMembers()) {
                if (member.address().equals(address)) {
                  return false;
                }
              }
              return true;
            });
  }

  @Override
  public void close() {
    if (!system.getWhenTerminated().toCompletableFuture().isDone()) {
      leave();
    }
  }
}
