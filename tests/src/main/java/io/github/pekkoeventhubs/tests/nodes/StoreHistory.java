// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The history of a consumer group's partitions, from the Blob service's log of writes: who claimed
 * them when, and which checkpoint writes must not have happened. The order of the log is the order
 * in which the writes took effect, and each write carries the name of the node that sent it. So
 * nothing here depends on reports of the nodes or on any clock.
 */
public final class StoreHistory {

  /**
   * An ownership record that got a new claim token.
   *
   * @param at when it was written, by the clock of the service
   * @param fenced whether the claimer went on to write the checkpoint, before which it reads no
   *     event
   * @param start the checkpoint that this first write left; what comes after it may be processed
   * @param end when the record was next claimed or released; null if it never was
   */
  public record Claim(
      String partition,
      String node,
      Instant at,
      boolean fenced,
      OptionalLong start,
      @Nullable Instant end) {}

  private final List<Claim> claims = new ArrayList<>();
  private final List<String> regressions = new ArrayList<>();
  private final List<String> staleCommits = new ArrayList<>();
  private final Map<String, Map<String, Long>> lastCheckpoints = new HashMap<>();

  private StoreHistory() {}

  /** Reads the log. */
  public static StoreHistory of(List<BlobWrite> writes) {
    StoreHistory history = new StoreHistory();
    String folder =
        "localhost/" + EmbeddedServices.EVENT_HUB + "/" + EmbeddedServices.CONSUMER_GROUP;
    Map<String, PartitionReader> partitions = new HashMap<>();
    for (BlobWrite write : writes) {
      if (write.blob().startsWith(folder)) {
        String partition = write.blob().substring(write.blob().lastIndexOf('/') + 1);
        PartitionReader reader =
            partitions.computeIfAbsent(partition, id -> history.new PartitionReader(id));
        if (write.blob().startsWith("/checkpoint/", folder.length())) {
          reader.checkpoint(write);
        } else {
          reader.ownership(write);
        }
      }
    }
    partitions.values().forEach(PartitionReader::finish);
    return history;
  }

  /** All claims; those of one partition in their order. */
  public List<Claim> claims() {
    return List.copyOf(claims);
  }

  /** Checkpoints that were written below an earlier one or with a lower token, or deleted. */
  public List<String> regressions() {
    return List.copyOf(regressions);
  }

  /**
   * Checkpoints written by a node after another one had claimed the partition and completed its
   * claim by a write of the checkpoint.
   */
  public List<String> staleCommits() {
    return List.copyOf(staleCommits);
  }

  /** The last checkpoints that a node has written, by partition. */
  public Map<String, Long> lastCheckpointsOf(String node) {
    return Map.copyOf(lastCheckpoints.getOrDefault(node, Map.of()));
  }

  private static String node(BlobWrite write) {
    return write.client().split(" ", 2)[0];
  }

  /** Follows one partition through the log. */
  private final class PartitionReader {

    private final String partition;
    private long checkpoint = Long.MIN_VALUE;
    private @Nullable Claim current;
    private @Nullable String token;
    private long lastToken;

    /** The numbers of the last claims by node, and of the last one that was completed. */
    private final Map<String, Integer> lastClaims = new HashMap<>();

    private int claimNumber;
    private int completedClaim;
    private String completedBy = "";

    private PartitionReader(String partition) {
      this.partition = partition;
    }

    private void ownership(BlobWrite write) {
      if (write.operation() == BlobOperation.DELETE_BLOB
          || write.metadata().getOrDefault("ownerid", "").isEmpty()) {
        token = null;
        end(write.time());
        return;
      }
      String written = write.metadata().get(StoredOwnership.CLAIM_TOKEN);
      if (!Objects.equals(written, token)) {
        end(write.time());
        token = written;
        lastClaims.put(node(write), ++claimNumber);
        current =
            new Claim(partition, node(write), write.time(), false, OptionalLong.empty(), null);
      }
    }

    private void end(@Nullable Instant at) {
      if (current != null) {
        claims.add(
            new Claim(
                partition, current.node(), current.at(), current.fenced(), current.start(), at));
        current = null;
      }
    }

    private void checkpoint(BlobWrite write) {
      if (write.operation() == BlobOperation.DELETE_BLOB) {
        regressions.add("partition " + partition + ": deleted by " + node(write));
        return;
      }
      long number = Long.parseLong(Objects.requireNonNull(write.metadata().get("sequencenumber")));
      if (number < checkpoint) {
        regressions.add(
            "partition " + partition + ": " + checkpoint + " to " + number + " by " + node(write));
      }
      checkpoint = number;
      fencingToken(write);
      lastCheckpoints.computeIfAbsent(node(write), name -> new HashMap<>()).put(partition, number);
      if (current != null && !current.fenced() && current.node().equals(node(write))) {
        completedClaim = claimNumber;
        completedBy = current.node();
        current =
            new Claim(partition, current.node(), current.at(), true, OptionalLong.of(number), null);
      } else if (lastClaims.getOrDefault(node(write), 0) < completedClaim) {
        staleCommits.add(
            "partition "
                + partition
                + ": "
                + number
                + " by "
                + node(write)
                + " after "
                + completedBy
                + " had completed its claim");
      }
    }

    /** A write of a node that does not know of tokens has none, which is no regression. */
    private void fencingToken(BlobWrite write) {
      String text = write.metadata().get(StoredCheckpoint.FENCING_TOKEN);
      if (text != null) {
        long token = Long.parseLong(text);
        if (token < lastToken) {
          regressions.add(
              "partition "
                  + partition
                  + ": token "
                  + lastToken
                  + " to "
                  + token
                  + " by "
                  + node(write));
        }
        lastToken = token;
      }
    }

    private void finish() {
      end(null);
    }
  }
}
