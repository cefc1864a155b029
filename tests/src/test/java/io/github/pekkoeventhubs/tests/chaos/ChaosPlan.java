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
 * @param credential how the nodes are admitted to the partition store
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
    CredentialKind credential,
    List<MemberFault> memberFaults,
    List<Disturbance> disturbances) {

  /** The first of the seeds that together have every kind of fault. */
  static final long SHORT_FORM_SEED = 12442;

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

  enum CredentialKind {
    ACCOUNT_KEY,
    /** Each access token takes longer than a request may take, and lives for seconds. */
    SLOW_TOKENS
  }

  enum MemberFaultKind {
    /** SIGKILL. Without a downing provider it is declared down by hand. */
    KILL,
    /**
     * SIGKILL; when the others have removed it, and still wait for the removal margin, a node with
     * another address joins.
     */
    REPLACE,
    /** SIGKILL to all at once; nodes with other addresses form a new cluster. */
    RESTART_CLUSTER,
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
    BLOB_CONFLICT,
    /** 429, as the service's front door answers: without any header field of the service. */
    BLOBS_THROTTLED_WITHOUT_CODE,
    /** 503, in the same way. */
    BLOBS_BUSY_WITHOUT_CODE,
    /** 502 with a page of HTML, as a gateway answers. */
    BLOBS_BAD_GATEWAY,
    /** 504 with a page of HTML. */
    BLOBS_GATEWAY_TIMEOUT,
    /** 412 without a code: a refusal of a condition that was met. */
    BLOB_CONDITION_FAILED_WITHOUT_CODE,
    /** 403 without a code, which lasts by all that the connector can know. */
    BLOBS_FORBIDDEN_WITHOUT_CODE("HTTP 403 without an error code of the service"),
    /** 409 that is no lost race. */
    BLOB_IMMUTABLE("HTTP 409 BlobImmutableDueToPolicy");

    private final String failure;

    DisturbanceKind() {
      this("");
    }

    DisturbanceKind(String failure) {
      this.failure = failure;
    }

    /** Whether it looks as if it lasted, so that a stream that it hits fails. */
    boolean failsStreams() {
      return !failure.isEmpty();
    }

    /** Whether a stream has failed because of it, by the words of its failure. */
    boolean isReasonOf(String streamFailure) {
      return failsStreams() && streamFailure.contains(failure);
    }
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
              kind.failsStreams() ? 1 : 1 + random.nextInt(4)));
    }
    return new ChaosPlan(
        seed,
        nodes,
        partitions,
        downing,
        pick(StreamKind.values(), random),
        random.nextInt(3) > 0 ? CredentialKind.ACCOUNT_KEY : CredentialKind.SLOW_TOKENS,
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
        + words(stream)
        + " stream, "
        + words(credential);
  }

  private static String words(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Whether a member fault of this kind is among them. */
  boolean has(MemberFaultKind kind) {
    return memberFaults.stream().anyMatch(fault -> fault.kind() == kind);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title());
    memberFaults.forEach(fault -> text.append("\n  ").append(fault));
    disturbances.forEach(disturbance -> text.append("\n  ").append(disturbance));
    return text.toString();
  }
}
