// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a run is going to suffer: a pure function of its seed.
 *
 * @param memberFaults one after the other, each when the cluster has recovered from the one before
 * @param disturbances meanwhile, in the order of their times
 */
record ChaosPlan(
    long seed,
    int nodes,
    int partitions,
    List<MemberFault> memberFaults,
    List<Disturbance> disturbances) {

  private static final int MEMBER_FAULTS = 3;
  private static final Duration DISTURBED = Duration.ofSeconds(40);

  enum MemberFaultKind {
    /** SIGKILL. */
    KILL,
    /** SIGSTOP for longer than the failure detector waits, then SIGCONT. */
    FREEZE,
    /** The same; all sockets of the event hubs are dropped before it wakes. */
    FREEZE_AND_DROP_SOCKETS,
    /** SIGTERM; another node joins afterwards. */
    LEAVE
  }

  /**
   * A fault of one node.
   *
   * @param pick chooses among the nodes that can be spared, whatever their number
   * @param duration how long a frozen one stays so
   */
  record MemberFault(MemberFaultKind kind, int pick, Duration duration) {}

  enum DisturbanceKind {
    DROP_SOCKETS,
    CLOSE_CONNECTIONS,
    DETACH,
    DETACH_WITH_ERROR,
    STEAL_LINK,
    BLOBS_BUSY,
    BLOBS_SLOW,
    BLOB_CONDITION_FAILED,
    BLOB_CONFLICT,
    BLOB_REPLY_LOST,
    BLOB_CONNECTION_DROPPED
  }

  /**
   * A fault of a service.
   *
   * @param at after the beginning of the run
   * @param partition for faults that hit one
   * @param count of requests that are hit, for faults of the Blob service
   */
  record Disturbance(Duration at, DisturbanceKind kind, String partition, int count) {}

  static ChaosPlan of(long seed) {
    Random random = new Random(seed);
    int nodes = 2 + random.nextInt(3);
    int partitions = 4 + random.nextInt(5);
    List<MemberFault> memberFaults = new ArrayList<>();
    for (int i = 0; i < MEMBER_FAULTS; i++) {
      memberFaults.add(
          new MemberFault(
              pick(MemberFaultKind.values(), random),
              random.nextInt(Integer.MAX_VALUE),
              Duration.ofMillis(13_000 + random.nextInt(5_000))));
    }
    List<Disturbance> disturbances = new ArrayList<>();
    for (long at = random.nextInt(3_000);
        at < DISTURBED.toMillis();
        at += 500 + random.nextInt(3_000)) {
      disturbances.add(
          new Disturbance(
              Duration.ofMillis(at),
              pick(DisturbanceKind.values(), random),
              Integer.toString(random.nextInt(partitions)),
              1 + random.nextInt(4)));
    }
    return new ChaosPlan(
        seed, nodes, partitions, List.copyOf(memberFaults), List.copyOf(disturbances));
  }

  private static <T> T pick(T[] values, Random random) {
    return values[random.nextInt(values.length)];
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder("seed " + seed + ": " + nodes + " nodes, " + partitions + " partitions");
    memberFaults.forEach(fault -> text.append("\n  ").append(fault));
    disturbances.forEach(disturbance -> text.append("\n  ").append(disturbance));
    return text.toString();
  }
}
