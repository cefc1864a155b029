// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Decides what one process does next to get its share of a group's partitions, from the ownership
 * records alone. It counts as the official processors do, so that both agree on when the group is
 * balanced: everybody has {@code partitions / owners}, and as many as the remainder says have one
 * more. Free partitions are claimed first; then one is taken from whoever has most, as long as that
 * one has two more.
 *
 * <p>It differs where processes of ours are among themselves. They ask instead of taking, for as
 * many partitions as they need, and a partition that was asked for counts as the asker's already,
 * so that two newcomers do not both ask for the same one. A process that is not in the records yet
 * takes or asks for a single partition, and is in the records then: of several processes that start
 * together none claims everything, to give most of it away again.
 *
 * <p>Pure: without clock, chance or memory.
 */
final class BalancingPolicy {

  /**
   * A partition as the store has it.
   *
   * @param owner who owns it; empty if nobody does, or nobody who is still alive
   * @param handsOver whether this owner understands requests to hand over
   * @param requester who asks for it; empty if nobody does
   * @param overdue whether this has been so for longer than those whose turn it is should need: the
   *     owner to hand over, or the requester or the ones with fewer partitions to claim
   */
  record Partition(String id, String owner, boolean handsOver, String requester, boolean overdue) {

    boolean isFree() {
      return owner.isEmpty();
    }

    boolean isRequested() {
      return !requester.isEmpty();
    }
  }

  /**
   * The next steps of this process.
   *
   * @param claims to claim: free ones, ones that are taken from a processor that does not hand
   *     over, and ones that were not handed over in time
   * @param requests to ask the owner for
   * @param handOvers of one's own, to hand over
   * @param erasures of requests: of one's own that is not needed any more, or of somebody's who
   *     would leave this process with less than its share
   * @param settled whether there is nothing to do and nothing to wait for
   */
  record Decision(
      Set<String> claims,
      Set<String> requests,
      Set<String> handOvers,
      Set<String> erasures,
      boolean settled) {}

  private BalancingPolicy() {}

  /**
   * Decides.
   *
   * @param self the owner id of this process
   * @param partitions all of the event hub
   * @param held the partitions that this process has claimed or is claiming, and is not giving away
   * @param heldBack partitions that this process is not to claim or ask for now
   */
  static Decision decide(
      String self, Collection<Partition> partitions, Set<String> held, Set<String> heldBack) {
    return new Round(self, partitions, held, heldBack).decide();
  }

  /** One decision: the counts change while it is made. */
  private static final class Round {

    private final String self;
    private final List<Partition> partitions;
    private final Set<String> held;
    private final Set<String> heldBack;
    private final Map<String, Integer> counts = new HashMap<>();
    private final Set<String> claims = new TreeSet<>();
    private final Set<String> requests = new TreeSet<>();
    private final Set<String> handOvers = new TreeSet<>();
    private final Set<String> erasures = new TreeSet<>();

    Round(String self, Collection<Partition> partitions, Set<String> held, Set<String> heldBack) {
      this.self = self;
      this.partitions = preferred(self, partitions);
      this.held = held;
      this.heldBack = heldBack;
      counts.put(self, 0);
      for (Partition partition : partitions) {
        // Whoever owns or asks takes part, also while nothing counts as theirs.
        List.of(partition.owner(), partition.requester()).stream()
            .filter(name -> !name.isEmpty())
            .forEach(name -> counts.putIfAbsent(name, 0));
        holder(partition).ifPresent(name -> counts.merge(name, 1, Integer::sum));
      }
    }

    private record Preferred(UUID preference, Partition partition) {}

    /** Each process prefers others, so that they do not all try to claim the same ones. */
    private static List<Partition> preferred(String self, Collection<Partition> partitions) {
      return partitions.stream()
          .map(partition -> new Preferred(preference(self, partition), partition))
          .sorted(Comparator.comparing(Preferred::preference))
          .map(Preferred::partition)
          .toList();
    }

    private static UUID preference(String self, Partition partition) {
      return UUID.nameUUIDFromBytes((self + '/' + partition.id()).getBytes(UTF_8));
    }

    /** Whose partition this is, or will be when what is under way is done. */
    private Optional<String> holder(Partition partition) {
      if (partition.isRequested() && !(partition.isFree() && partition.overdue())) {
        return Optional.of(partition.requester());
      }
      if (held.contains(partition.id())) {
        return Optional.of(self);
      }
      // This process has left a partition behind that it owns by the records and does not hold.
      return partition.isFree() || partition.owner().equals(self)
          ? Optional.empty()
          : Optional.of(partition.owner());
    }

    private int base() {
      return partitions.size() / counts.size();
    }

    private int own() {
      return count(self);
    }

    private int count(String name) {
      return counts.getOrDefault(name, 0);
    }

    /** How many this process may have: the remainder goes to whoever takes it first. */
    private int share() {
      long othersWithMore =
          counts.entrySet().stream()
              .filter(entry -> !entry.getKey().equals(self) && entry.getValue() > base())
              .count();
      return othersWithMore < partitions.size() % counts.size() ? base() + 1 : base();
    }

    private boolean mayBeTaken(Partition partition) {
      return !heldBack.contains(partition.id()) && !held.contains(partition.id());
    }

    Decision decide() {
      boolean visible =
          partitions.stream()
              .anyMatch(
                  partition ->
                      partition.owner().equals(self) || partition.requester().equals(self));
      handOver();
      receive();
      claimFree(visible ? Integer.MAX_VALUE : 1);
      if (claims.isEmpty()) {
        takeFromOthers(visible ? Integer.MAX_VALUE : 1);
      }
      return new Decision(claims, requests, handOvers, erasures, isSettled());
    }

    /** Gives away what was asked for, down to what everybody has. */
    private void handOver() {
      int left = held.size();
      for (Partition partition : partitions) {
        if (partition.isRequested()
            && !partition.requester().equals(self)
            && partition.owner().equals(self)
            && held.contains(partition.id())) {
          if (left > base()) {
            left--;
            handOvers.add(partition.id());
          } else {
            erasures.add(partition.id());
            counts.merge(partition.requester(), -1, Integer::sum);
            counts.merge(self, 1, Integer::sum);
          }
        }
      }
    }

    /** Takes what it has asked for, when it is free or was not handed over in time. */
    private void receive() {
      for (Partition partition : partitions) {
        if (!partition.requester().equals(self) || held.contains(partition.id())) {
          continue;
        }
        if (partition.isFree()) {
          if (!heldBack.contains(partition.id())) {
            claims.add(partition.id());
          }
        } else if (own() > share()) {
          erasures.add(partition.id());
          counts.merge(self, -1, Integer::sum);
          counts.merge(partition.owner(), 1, Integer::sum);
        } else if (partition.overdue() && !heldBack.contains(partition.id())) {
          claims.add(partition.id());
        }
      }
    }

    private void claimFree(int most) {
      for (Partition partition : partitions) {
        boolean unclaimed = holder(partition).isEmpty() && !claims.contains(partition.id());
        if (unclaimed
            && mayBeTaken(partition)
            && claims.size() < most
            && (own() < share() || partition.overdue())) {
          claims.add(partition.id());
          counts.merge(self, 1, Integer::sum);
        }
      }
    }

    private void takeFromOthers(int most) {
      Set<String> exhausted = new HashSet<>();
      while (requests.size() + claims.size() < most && own() < share()) {
        Optional<String> fullest =
            counts.keySet().stream()
                .filter(name -> !name.equals(self) && !exhausted.contains(name))
                .max(Comparator.comparingInt(this::count).thenComparing(name -> name));
        if (fullest.isEmpty() || count(fullest.get()) - own() < 2) {
          return;
        }
        Optional<Partition> taken = takeable(fullest.get());
        if (taken.isEmpty()) {
          exhausted.add(fullest.get());
        } else {
          counts.merge(fullest.get(), -1, Integer::sum);
          counts.merge(self, 1, Integer::sum);
          if (taken.get().handsOver()) {
            requests.add(taken.get().id());
          } else {
            claims.add(taken.get().id());
            // As official processors do: what this changes is seen before the next is taken.
            return;
          }
        }
      }
    }

    private Optional<Partition> takeable(String owner) {
      return partitions.stream()
          .filter(
              partition ->
                  partition.owner().equals(owner)
                      && !partition.isRequested()
                      && mayBeTaken(partition)
                      && !requests.contains(partition.id()))
          .findFirst();
    }

    private boolean isSettled() {
      List<Set<String>> actions = new ArrayList<>(List.of(claims, requests, handOvers, erasures));
      return actions.stream().allMatch(Set::isEmpty)
          && partitions.stream()
              .allMatch(
                  partition ->
                      held.contains(partition.id())
                          || heldBack.contains(partition.id())
                          || !(partition.isFree() || partition.requester().equals(self)));
    }
  }
}
