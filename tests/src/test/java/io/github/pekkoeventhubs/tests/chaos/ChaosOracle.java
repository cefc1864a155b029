// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess.Outage;
import io.github.pekkoeventhubs.tests.nodes.ProcessedEvents.Processing;
import io.github.pekkoeventhubs.tests.nodes.StoreHistory;
import io.github.pekkoeventhubs.tests.nodes.StoreHistory.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Judges a run by the Blob service's log, the times of the faults, and what was processed. */
final class ChaosOracle {

  /** Of consumer-node.conf: max-uncommitted and max-unwritten. */
  private static final long REPEATED_PER_CLAIM = 2_000;

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Map<String, List<Claim>> claims;
  private final Map<String, NodeProcess> nodes;

  ChaosOracle(StoreHistory history, List<NodeProcess> nodes) {
    this.claims = history.claims().stream().collect(Collectors.groupingBy(Claim::partition));
    this.nodes = nodes.stream().collect(Collectors.toMap(NodeProcess::name, node -> node));
  }

  /** The most claims of one partition within a minute. */
  long claimsPerMinuteMax() {
    long max = 0;
    for (List<Claim> ofPartition : claims.values()) {
      for (Claim first : ofPartition) {
        Instant end = first.at().plus(MINUTE);
        max =
            Math.max(
                max,
                ofPartition.stream()
                    .filter(claim -> !claim.at().isBefore(first.at()) && claim.at().isBefore(end))
                    .count());
      }
    }
    return max;
  }

  /** The longest time after its first claim for which a partition had no living owner. */
  Duration unownedMax(Instant end) {
    Duration max = Duration.ZERO;
    for (List<Claim> ofPartition : claims.values()) {
      List<Outage> owned = new ArrayList<>();
      for (Claim claim : ofPartition) {
        owned.addAll(living(claim, end));
      }
      owned.sort(Comparator.comparing(Outage::from));
      Instant covered = owned.isEmpty() ? end : owned.get(0).from();
      for (Outage interval : owned) {
        max = longer(max, Duration.between(covered, interval.from()));
        covered = later(covered, interval.to());
      }
      max = longer(max, Duration.between(covered, end));
    }
    return max;
  }

  /** When the owner of a claim was there and running, within the time of the claim. */
  private List<Outage> living(Claim claim, Instant end) {
    Instant from = claim.at();
    Instant to = claim.end() == null ? end : claim.end();
    List<Outage> living = new ArrayList<>();
    NodeProcess node = nodes.get(claim.node());
    List<Outage> outages = node == null ? List.of() : node.outages();
    for (Outage outage : outages) {
      if (outage.from().isAfter(from) && from.isBefore(to)) {
        living.add(new Outage(from, earlier(outage.from(), to)));
      }
      from = later(from, outage.to());
    }
    if (from.isBefore(to)) {
      living.add(new Outage(from, to));
    }
    return living;
  }

  /**
   * The events that were repeated without need: at or below the checkpoint at which the claim of
   * their owner began, or by a node without a claim, or more of one claim than the settings allow.
   */
  List<Processing> duplicatesBeyondBound(List<Processing> repeated) {
    List<Processing> beyond = new ArrayList<>();
    Map<Claim, Integer> perClaim = new HashMap<>();
    for (Processing event : repeated) {
      Optional<Claim> claim = claimOf(event);
      if (claim.isEmpty()
          || event.sequenceNumber() <= claim.get().start().orElseThrow()
          || perClaim.merge(claim.get(), 1, Integer::sum) > REPEATED_PER_CLAIM) {
        beyond.add(event);
      }
    }
    return beyond;
  }

  private Optional<Claim> claimOf(Processing event) {
    return claims.getOrDefault(event.partition(), List.of()).stream()
        .filter(
            claim ->
                claim.fenced()
                    && claim.node().equals(event.node())
                    && !claim.at().isAfter(event.at()))
        .reduce((earlier, later) -> later);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
