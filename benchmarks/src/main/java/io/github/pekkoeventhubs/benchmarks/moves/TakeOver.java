// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.moves;

import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * One of two processes that share 8 partitions gets SIGKILL.
 *
 * @param seconds from there until all of its partitions are processed again
 * @param duplicates events that were processed twice
 */
record TakeOver(double seconds, long duplicates) {

  private static final int PARTITIONS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * Runs one take-over.
   *
   * @param configuration of the nodes; the name of a resource
   * @param feedInterval between two events of a partition
   * @param jvms that the nodes run in
   * @param starting a permit is needed to start nodes
   */
  static TakeOver measured(
      String configuration, Duration feedInterval, NodeJvms jvms, Semaphore starting)
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
      TakeOver takeOver = kill(group, victim);
      leave(group, victim == first ? second : first);
      return takeOver;
    } finally {
      if (mayStart) {
        starting.release();
      }
    }
  }

  private static TakeOver kill(ConsumerGroup group, NodeProcess victim) {
    Set<String> its = victim.running();
    Instant killed = Instant.now();
    victim.kill();
    double seconds = group.awaitInterruptions(its, victim, killed).secondsUntilAllRun();
    group.awaitEnd();
    return new TakeOver(seconds, group.processed().repeated().size());
  }

  /** Its process runs the next node. */
  private static void leave(ConsumerGroup group, NodeProcess survivor) {
    survivor.leave();
    group.await("the other node to have left", () -> !survivor.isAlive());
  }

  /** The split brain resolver keeps the one of two members that has the lowest address. */
  private static NodeProcess lowest(NodeProcess one, NodeProcess other) {
    return one.port().orElse(0) <= other.port().orElse(0) ? one : other;
  }
}
