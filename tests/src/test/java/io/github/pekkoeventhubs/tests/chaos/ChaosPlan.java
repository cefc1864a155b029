// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * The faults of a run: a pure function of its seed.
 *
 * @param downing whether the cluster decides by itself who goes on when its members cannot reach
 *     each other
 * @param stream the kind of stream that the nodes run
 * @param memberFaults one after the other, each when the cluster has recovered from the one before
 * @param disturbances meanwhile, in the order of their times, and again from the first one on every
 *     {@link #DISTURBED} until the last of the member faults is over
 */
record ChaosPlan(
    long seed,
    int nodes,
    int partitions,
    boolean downing,
    StreamKind stream,
    List<MemberFault> memberFaults,
    List<Disturbance> disturbances) {

  /** The first of the seeds that together have every kind of fault. */
  static final long SHORT_FORM_SEED = 5446;

  static final int SHORT_FORM_RUNS = 3;

  private static final int MEMBER_FAULTS = 3;
  static final Duration DISTURBED = Duration.ofSeconds(28);

  /**
   * The kind of stream that the nodes run; each kind has its own ways to lose or repeat an event.
   */
  enum StreamKind {
    MERGED,
    UNORDERED,
    PARTITIONED
  }

  enum MemberFaultKind {
    /** SIGKILL. Without a downing provider it is declared down by hand. */
    KILL,
    /** SIGSTOP for longer than the failure detector waits, then SIGCONT. */
    FREEZE,
    /** The same; all sockets of the event hubs are dropped before it wakes. */
    FREEZE_AND_DROP_SOCKETS,
    /** It leaves gracefully, and another joins. */
    LEAVE,
    /**
     * The network between two sides of the cluster breaks, and the downing provider ends one of
     * them.
     */
    SPLIT_RESOLVED,
    /** The network breaks and heals, and nobody has decided anything. */
    SPLIT_HEALED,
    /**
     * The network breaks and each side declares the other down: for a while two clusters run all
     * partitions, until one of them is ended by hand.
     */
    SPLIT_INTO_TWO_CLUSTERS;

    boolean isPossible(boolean downing) {
      return switch (this) {
        case SPLIT_RESOLVED -> downing;
        case SPLIT_HEALED, SPLIT_INTO_TWO_CLUSTERS -> !downing;
        default -> true;
      };
    }
  }

  /**
   * A fault of one node, or of the network between them.
   *
   * @param pick chooses among the nodes that can be spared, or the sides, whatever their number
   * @param duration how long a node is frozen, or the network broken, at least
   */
  record MemberFault(MemberFaultKind kind, int pick, Duration duration) {}

  enum DisturbanceKind {
    DROP_SOCKETS,
    CLOSE_CONNECTIONS,
    /** For a while nothing passes, and no socket is closed. */
    FREEZE_CONNECTIONS,
    DETACH,
    DETACH_WITH_ERROR,
    STEAL_LINK,
    BLOBS_BUSY,
    /** Still within the time of a request. */
    BLOBS_SLOW,
    /** The client gives up on what is applied afterwards. */
    BLOBS_TIME_OUT,
    /** The client gives up on what was applied at once. */
    BLOB_REPLY_TOO_LATE,
    BLOB_REPLY_LOST,
    BLOB_CONNECTION_DROPPED,
    BLOB_CONDITION_FAILED,
    /** Conflicts at the creation of records, which the first owners create at the start. */
    BLOB_CONFLICT
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
    // Seeds that follow each other would begin alike.
    Random random = new Random(new SplittableRandom(seed).nextLong());
    int nodes = 2 + random.nextInt(4);
    int partitions = nodes + 2 + random.nextInt(4);
    boolean downing = random.nextInt(3) > 0;
    List<MemberFaultKind> kinds =
        Arrays.stream(MemberFaultKind.values())
            .filter(kind -> kind.isPossible(downing))
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(kinds, random);
    List<MemberFault> memberFaults = new ArrayList<>();
    for (MemberFaultKind kind : kinds.subList(0, MEMBER_FAULTS)) {
      memberFaults.add(
          new MemberFault(
              kind,
              random.nextInt(Integer.MAX_VALUE),
              Duration.ofMillis(4_000 + random.nextInt(4_000))));
    }
    List<Disturbance> disturbances = new ArrayList<>();
    for (long at = 1_000L + random.nextInt(2_000);
        at < DISTURBED.toMillis();
        at += 300 + random.nextInt(1_200)) {
      DisturbanceKind kind = pick(DisturbanceKind.values(), random);
      disturbances.add(
          new Disturbance(
              Duration.ofMillis(at),
              kind,
              Integer.toString(random.nextInt(partitions)),
              1 + random.nextInt(4)));
    }
    return new ChaosPlan(
        seed,
        nodes,
        partitions,
        downing,
        pick(StreamKind.values(), random),
        List.copyOf(memberFaults),
        List.copyOf(disturbances));
  }

  private static <T> T pick(T[] values, Random random) {
    return values[random.nextInt(values.length)];
  }

  /** Returns a description on one line. */
  String title() {
    return "seed "
        + seed
        + ": "
        + nodes
        + " nodes, "
        + partitions
        + " partitions, "
        + (downing ? "downing provider" : "no downing provider")
        + ", "
        + stream.name().toLowerCase(Locale.ROOT)
        + " stream";
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title());
    memberFaults.forEach(fault -> text.append("\n  ").append(fault));
    disturbances.forEach(disturbance -> text.append("\n  ").append(disturbance));
    return text.toString();
  }
}
