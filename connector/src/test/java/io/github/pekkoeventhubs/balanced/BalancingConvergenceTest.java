// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.balanced.BalancingPolicy.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/**
 * Simulated processes that balance a group, each on listings that may be old when it acts on them:
 * they come, leave and die at random, and are then left alone. Whatever had happened, all
 * partitions are then owned, evenly, and nothing moves any more.
 */
class BalancingConvergenceTest {

  private static final Duration EXPIRY = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int DISTURBED_STEPS = 150;

  /**
   * Until every left-over has expired, every request is overdue, and all steps were made: some 270
   * rounds where they come one after the other.
   */
  private static final int ROUNDS_TO_CONVERGE = 360;

  private static final int CALM_ROUNDS = 60;

  @Property(tries = 60)
  void processesOfOursConverge(
      @ForAll @IntRange(min = 1, max = 33) int partitions,
      @ForAll @IntRange(min = 1, max = 6) int atMost,
      @ForAll long seed) {
    new World(partitions, atMost, false, seed).run();
  }

  @Property(tries = 60)
  void processesOfOursAndOfficialProcessorsConverge(
      @ForAll @IntRange(min = 1, max = 33) int partitions,
      @ForAll @IntRange(min = 1, max = 6) int atMost,
      @ForAll long seed) {
    new World(partitions, atMost, true, seed).run();
  }

  /** The store and the processes. */
  private static final class World {

    private final Random random;
    private final List<String> partitionIds;
    private final int atMost;
    private final boolean mixed;
    private final Map<String, StoredOwnership> store = new TreeMap<>();
    private final List<Member> processes = new ArrayList<>();
    private Instant now = Instant.parse("2001-01-01T00:00:00Z");
    private long versions;
    private int names;
    private int changesOfOwner;

    World(int partitions, int atMost, boolean mixed, long seed) {
      this.random = new Random(seed);
      this.partitionIds = IntStream.range(0, partitions).mapToObj(Integer::toString).toList();
      this.atMost = atMost;
      this.mixed = mixed;
    }

    long nanoTime() {
      return Duration.between(Instant.EPOCH, now).toNanos();
    }

    Map<String, StoredOwnership> list() {
      Map<String, StoredOwnership> records = new HashMap<>();
      store.forEach(
          (id, record) ->
              records.put(
                  id,
                  new StoredOwnership(
                      record.partition(),
                      record.ownerId(),
                      record.entries(),
                      record.version(),
                      record.lastModified(),
                      now)));
      return records;
    }

    boolean write(
        String id, Optional<StoredOwnership> expected, String owner, Map<String, String> entries) {
      StoredOwnership current = store.get(id);
      String version = current == null ? "" : current.version();
      if (!version.equals(expected.map(StoredOwnership::version).orElse(""))) {
        return false;
      }
      if (!owner.isEmpty() && (current == null || !current.ownerId().equals(owner))) {
        changesOfOwner++;
      }
      store.put(
          id,
          new StoredOwnership(
              new EventHubPartition("ns", "hub", "group", id),
              owner,
              entries,
              Long.toString(++versions),
              now,
              now));
      return true;
    }

    void run() {
      processes.add(newProcess());
      for (int step = 0; step < DISTURBED_STEPS; step++) {
        disturb();
        if (!processes.isEmpty()) {
          processes.get(random.nextInt(processes.size())).act();
        }
        now = now.plusMillis(random.nextInt(3000));
      }
      if (processes.isEmpty()) {
        processes.add(newProcess());
      }
      for (int round = 0; round < ROUNDS_TO_CONVERGE; round++) {
        round();
      }
      int changesBefore = changesOfOwner;
      Map<String, String> owners = owners();
      for (int round = 0; round < CALM_ROUNDS; round++) {
        round();
      }

      assertThat(owners).hasSameSizeAs(partitionIds);
      assertThat(owners.values()).isSubsetOf(processes.stream().map(each -> each.name).toList());
      List<Integer> loads =
          processes.stream()
              .map(
                  each ->
                      (int)
                          owners.values().stream().filter(owner -> owner.equals(each.name)).count())
              .sorted(Comparator.naturalOrder())
              .toList();
      assertThat(loads.get(loads.size() - 1) - loads.get(0)).as("%s", owners).isLessThan(2);
      assertThat(changesOfOwner).as("moves in a calm group").isEqualTo(changesBefore);
      assertThat(owners()).isEqualTo(owners);
    }

    private Map<String, String> owners() {
      return store.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().ownerId()));
    }

    private void round() {
      List<Member> order = new ArrayList<>(processes);
      Collections.shuffle(order, random);
      order.forEach(Member::act);
      now = now.plusMillis(500 + random.nextInt(1000));
    }

    private Member newProcess() {
      String name = "process-" + ++names;
      return mixed && random.nextBoolean()
          ? new OfficialProcessor(this, name)
          : new OurProcess(this, name);
    }

    private void disturb() {
      switch (random.nextInt(12)) {
        case 0, 1 -> {
          if (processes.size() < atMost) {
            processes.add(newProcess());
          }
        }
        case 2 -> {
          if (!processes.isEmpty()) {
            processes.remove(random.nextInt(processes.size())).leave();
          }
        }
        case 3 -> {
          if (!processes.isEmpty()) {
            // Dies, and leaves everything as it is.
            processes.remove(random.nextInt(processes.size()));
          }
        }
        default -> {
          // Nothing happens.
        }
      }
    }
  }

  private abstract static class Member {

    final World world;
    final String name;

    Member(World world, String name) {
      this.world = world;
      this.name = name;
    }

    abstract void act();

    void leave() {
      world
          .list()
          .forEach(
              (id, record) -> {
                if (record.ownerId().equals(name)) {
                  world.write(id, Optional.of(record), "", Map.of());
                }
              });
    }

    /** What it still has of what it had; the claims are renewed on the way. */
    void renew(Set<String> held) {
      held.removeIf(
          id -> {
            StoredOwnership record = Objects.requireNonNull(world.store.get(id));
            return !record.ownerId().equals(name)
                || !world.write(id, Optional.of(record), name, record.entries());
          });
    }
  }

  /** Lists at one step and acts at a later one; drains take a step as well. */
  private static final class OurProcess extends Member {

    private final ObservedOwnerships observed = new ObservedOwnerships(EXPIRY, PATIENCE);
    private final Set<String> held = new TreeSet<>();
    private final Set<String> draining = new TreeSet<>();
    private @Nullable Map<String, StoredOwnership> listed;

    OurProcess(World world, String name) {
      super(world, name);
    }

    @Override
    void act() {
      renew(held);
      draining.forEach(
          id -> {
            StoredOwnership record = Objects.requireNonNull(world.store.get(id));
            if (record.ownerId().equals(name)) {
              Map<String, String> request = new TreeMap<>(record.entries());
              request.remove(StoredOwnership.CLAIM_TOKEN);
              world.write(id, Optional.of(record), "", request);
            }
          });
      draining.clear();
      Map<String, StoredOwnership> records = listed;
      if (records == null) {
        listed = world.list();
        return;
      }
      listed = null;
      Decision decision =
          BalancingPolicy.decide(
              name,
              observed.observe(world.partitionIds, records, world.nanoTime()),
              held,
              draining);
      for (String id : decision.claims()) {
        if (world.write(
            id,
            Optional.ofNullable(records.get(id)),
            name,
            Map.of(StoredOwnership.CLAIM_TOKEN, name))) {
          held.add(id);
        }
      }
      for (String id : decision.requests()) {
        StoredOwnership record = Objects.requireNonNull(records.get(id));
        Map<String, String> entries = new TreeMap<>(record.entries());
        entries.put(StoredOwnership.HAND_OVER_REQUEST, name);
        world.write(id, Optional.of(record), record.ownerId(), entries);
      }
      for (String id : decision.erasures()) {
        StoredOwnership record = Objects.requireNonNull(records.get(id));
        Map<String, String> entries = new TreeMap<>(record.entries());
        entries.remove(StoredOwnership.HAND_OVER_REQUEST);
        world.write(id, Optional.of(record), record.ownerId(), entries);
      }
      for (String id : decision.handOvers()) {
        held.remove(id);
        draining.add(id);
      }
    }
  }

  /** Counts and takes as the official processors do. */
  private static final class OfficialProcessor extends Member {

    private final Set<String> pumps = new TreeSet<>();

    OfficialProcessor(World world, String name) {
      super(world, name);
    }

    @Override
    void act() {
      renew(pumps);
      Map<String, StoredOwnership> records = world.list();
      Map<String, List<String>> active = new TreeMap<>();
      records.forEach(
          (id, record) -> {
            if (!record.isReleased() && record.age().compareTo(EXPIRY) < 0) {
              active.computeIfAbsent(record.ownerId(), owner -> new ArrayList<>()).add(id);
            }
          });
      active.putIfAbsent(name, new ArrayList<>());
      int minimum = world.partitionIds.size() / active.size();
      int own = Objects.requireNonNull(active.get(name)).size();
      int least = active.values().stream().mapToInt(List::size).min().orElseThrow();
      if (isBalanced(active.values(), minimum) || (own >= minimum && own != least)) {
        return;
      }
      List<String> owned = active.values().stream().flatMap(List::stream).toList();
      List<String> free = world.partitionIds.stream().filter(id -> !owned.contains(id)).toList();
      List<String> candidates =
          free.isEmpty()
              ? active.values().stream().max(Comparator.comparingInt(List::size)).orElseThrow()
              : free;
      String chosen = candidates.get(world.random.nextInt(candidates.size()));
      if (world.write(chosen, Optional.ofNullable(records.get(chosen)), name, Map.of())) {
        pumps.add(chosen);
      }
    }

    private boolean isBalanced(Collection<List<String>> loads, int minimum) {
      long withOneMore = loads.stream().filter(load -> load.size() == minimum + 1).count();
      return loads.stream()
              .allMatch(load -> load.size() - minimum == 0 || load.size() - minimum == 1)
          && withOneMore == world.partitionIds.size() % loads.size();
    }
  }
}
