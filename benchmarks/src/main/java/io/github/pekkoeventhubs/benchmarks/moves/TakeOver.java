// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.moves;

import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * One of two processes that share 8 partitions gets SIGKILL.
 *
 * @param seconds from there until all of its partitions are processed again
 * @param duplicates events that were processed twice
 * @param partitions those of the one that was killed
 * @param byReplacement how many of them were first processed by a node that came in its place
 */
record TakeOver(double seconds, long duplicates, int partitions, long byReplacement) {

  /** The course of events after the kill. */
  enum Afterwards {
    /** Nothing: the other process takes over. */
    NOBODY_COMES,
    /** A process in the place of the killed one is started at once, with another address. */
    A_REPLACEMENT_COMES
  }

  private static final int PARTITIONS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * Runs one take-over.
   *
   * @param configuration of the nodes; the name of a resource
   * @param feedInterval between two events of a partition
   * @param jvms that the nodes run in
   * @param starting a permit is needed to start nodes before the kill
   */
  static TakeOver measured(
      String configuration,
      Duration feedInterval,
      NodeJvms jvms,
      Semaphore starting,
      Afterwards afterwards)
      throws InterruptedException {
    starting.acquire();
    boolean mayStart = true;
    try (ConsumerGroup group =
        new ConsumerGroup(PARTITIONS, configuration, feedInterval, PATIENCE, jvms)) {
      NodeProcess first = group.startFirst();
      NodeProcess second = group.start();
      group.await("the second node to be up", second::isUp);
      starting.release();
      mayStart = false;
      group.feed();
      group.awaitShares(first, second);
      group.awaitFlow();
      NodeProcess victim = lowest(first, second) == first ? second : first;
      return kill(group, victim, victim == first ? second : first, afterwards);
    } finally {
      if (mayStart) {
        starting.release();
      }
    }
  }

  private static TakeOver kill(
      ConsumerGroup group, NodeProcess victim, NodeProcess survivor, Afterwards afterwards) {
    Set<String> its = victim.running();
    Instant killed = Instant.now();
    victim.kill();
    List<NodeProcess> alive = new ArrayList<>(List.of(survivor));
    if (afterwards == Afterwards.A_REPLACEMENT_COMES) {
      alive.add(group.start());
    }
    Interruptions interruptions = group.awaitInterruptions(its, victim, killed);
    long byOthers = interruptions.endedBy(survivor);
    group.awaitEnd();
    // A node that starts late can join those only that have not left.
    alive.forEach(node -> group.await(node + " to be up", node::isUp));
    alive.forEach(node -> leave(group, node));
    return new TakeOver(
        interruptions.secondsUntilAllRun(),
        group.processed().repeated().size(),
        its.size(),
        its.size() - byOthers);
  }

  /** Its process runs the next node. */
  private static void leave(ConsumerGroup group, NodeProcess node) {
    node.leave();
    group.await(node + " to have left", () -> !node.isAlive());
  }

  /** The split brain resolver keeps the one of two members that has the lowest address. */
  private static NodeProcess lowest(NodeProcess one, NodeProcess other) {
    return one.port().orElse(0) <= other.port().orElse(0) ? one : other;
  }
}
