// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;

/** The nodes of one run of a scenario, one after the other or beside each other. For one thread. */
final class Nodes {

  private static final AtomicInteger NAMES = new AtomicInteger();

  /** A stream that fails more often is left alone. */
  private static final int MOST_RESTARTS = 12;

  private final AuditOptions options;
  private final AuditServices services;
  private final Journal journal;
  private final Work work;
  private final Config config;
  private final List<NodeRun> running = new ArrayList<>();
  private final Set<String> ended = new TreeSet<>();
  private final Map<Integer, SortedMap<Integer, Long>> checkpointsAtStart = new HashMap<>();
  private Optional<Throwable> failure = Optional.empty();
  private int started;
  private int restarts;

  /**
   * @param handoverTimeout of the stream's settings, unless it has its own
   */
  Nodes(
      AuditOptions options,
      AuditServices services,
      Journal journal,
      Work work,
      Duration handoverTimeout) {
    this.options = options;
    this.services = services;
    this.journal = journal;
    this.work = work;
    this.config = NodeRun.config(services, handoverTimeout, options.config());
  }

  NodeRun start() {
    int number = ++started;
    NodeRun node =
        new NodeRun(number, nodeName(), config, work, options.stream(), options.clustered());
    if (options.clustered()) {
      Members.join(node, running.isEmpty() ? node : last());
    }
    running.add(node);
    restarts = 0;
    checkpointsAtStart.put(number, services.checkpoints());
    note(node, "node %d starts".formatted(number));
    node.start();
    return node;
  }

  /** Nodes of one cluster have one name. */
  private String nodeName() {
    return options.clustered() && !running.isEmpty()
        ? last().system().name()
        : "stream-audit-" + NAMES.incrementAndGet();
  }

  /** Ends a node as a deployment does: its stream is drained. */
  void stop(NodeRun node) {
    note(node, "node %d is stopped gracefully".formatted(node.number()));
    tend();
    node.stop();
    note(node, "node %d has ended".formatted(node.number()));
    forget(node);
  }

  /** Ends a node as a crash does. */
  void kill(NodeRun node) {
    note(node, "node %d is killed".formatted(node.number()));
    node.kill();
    forget(node);
  }

  void killAll() {
    running.forEach(NodeRun::kill);
    running.clear();
  }

  private void forget(NodeRun node) {
    running.remove(node);
    ended.add(ownerName(node));
    services.expireClaims(ended);
  }

  /** The beginning of the name with which a node signs its claims, up to its incarnation. */
  String ownerName(NodeRun node) {
    return options.clustered() ? Members.nameOf(node) : node.system().name();
  }

  /** The node that was started last. */
  NodeRun last() {
    return running.get(running.size() - 1);
  }

  void note(NodeRun node, String text) {
    journal.tell(node.number(), text);
  }

  /** The checkpoints that were stored when each node was started. */
  Map<Integer, SortedMap<Integer, Long>> checkpointsAtStart() {
    return Map.copyOf(checkpointsAtStart);
  }

  /** The last failure with which the stream has ended by itself. */
  Optional<Throwable> failure() {
    return failure;
  }

  /** A stream that has ended by itself is started again, as a platform does. */
  void tend() {
    for (NodeRun node : running) {
      Optional<Throwable> end = node.failure();
      if (end.isPresent() && restarts < MOST_RESTARTS) {
        restarts++;
        failure = end;
        note(node, "the stream of node %d fails, and is started again".formatted(node.number()));
        node.start();
      }
    }
    // A claim of a dead node may arrive after its end.
    services.expireClaims(ended);
  }

  /** The only part that needs Pekko Cluster on the class path. */
  private static final class Members {

    private static final int MOST_LOOKS = 4_000;

    /** Makes the node a member of the other's cluster, and returns when it is up. */
    static void join(NodeRun node, NodeRun other) {
      Cluster cluster = Cluster.get(node.system());
      cluster.manager().tell(Join.create(Cluster.get(other.system()).selfMember().address()));
      for (int looks = 0; looks < MOST_LOOKS && !isUp(cluster); looks++) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
    }

    static String nameOf(NodeRun node) {
      return Cluster.get(node.system()).selfMember().address().hostPort();
    }

    private static boolean isUp(Cluster cluster) {
      return cluster.selfMember().status().equals(MemberStatus.up());
    }
  }
}
