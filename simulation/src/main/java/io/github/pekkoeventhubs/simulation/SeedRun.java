// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.ConsumerStatus;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One world, from its beginning until everything is read, or a promise is broken. */
final class SeedRun {

  private static final long MILLI = 1_000_000;

  /** How soon everything is owned and read again when the faults have passed. */
  private static final long RECOVERY_MILLIS = 60_000;

  private static final long STEPS_PER_LOOK = 256;

  private final Scenario scenario;
  private final World world;
  private final Surroundings surroundings;
  private final FaultInjection faults;

  /**
   * The result of a run.
   *
   * @param hash the same for two runs if and only if they were the same, step by step
   */
  record Result(long hash, long steps, long repeated, long requests, @Nullable Violation broken) {}

  private SeedRun(Scenario scenario, @Nullable Consumer<String> story) {
    this.scenario = scenario;
    world = new World(scenario.seed());
    if (story != null) {
      world.tellTo(story);
    }
    Oracle oracle = new Oracle(world, new Oracle.Bounds(120, !scenario.unordered()));
    HubState hub = new HubState();
    surroundings =
        new Surroundings(
            scenario, hub, new StoreRecords(world, oracle), new StoreFaults(), oracle);
    for (int i = 0; i < scenario.partitions(); i++) {
      oracle.partitionAdded(hub.add());
    }
    faults = new FaultInjection(world, surroundings);
  }

  static Result of(Scenario scenario, @Nullable Consumer<String> story) {
    ProcessCounters.reset();
    ThreadRandom.seed(scenario.seed());
    SeedRun run = new SeedRun(scenario, story);
    return WaitingThread.around(run.world, run::run);
  }

  private Result run() {
    produce(scenario.events());
    faults.begin();
    runUntil(Scenario.FAULTY_MILLIS * MILLI);
    faults.calm();
    long calmAt = world.nanoTime();
    while (surroundings.oracle().violation() == null && !isSettled()) {
      if (world.nanoTime() - calmAt > RECOVERY_MILLIS * MILLI) {
        surroundings.oracle().broken("recovery", unsettled());
      }
      runUntil(world.nanoTime() + 250 * MILLI);
    }
    if (surroundings.oracle().violation() == null) {
      checkCalm();
    }
    List<PartitionRecord> partitions = surroundings.oracle().partitions();
    return new Result(
        world.hash(),
        world.steps(),
        partitions.stream().mapToLong(partition -> partition.repeated).sum(),
        surroundings.records().requests(),
        surroundings.oracle().violation());
  }

  /** Events come all the time, to any partition. */
  private void produce(int left) {
    if (left > 0) {
      long most = 2 * Scenario.FAULTY_MILLIS * MILLI / scenario.events();
      world.after(
          world.services(),
          world.random().nextLong(most),
          "producer",
          () -> {
            List<PartitionLog> logs = surroundings.hub().partitions();
            logs.get(world.random().nextInt(logs.size())).append(world.instant());
            produce(left - 1);
          });
    }
  }

  private void runUntil(long time) {
    long look = 0;
    while (surroundings.oracle().violation() == null && world.step(time)) {
      if (++look % STEPS_PER_LOOK == 0) {
        lookAtStatus();
      }
    }
    world.check();
  }

  private void lookAtStatus() {
    List<SimulatedNode> living = faults.living();
    if (living.isEmpty()) {
      return;
    }
    SimulatedNode node = living.get((int) (world.steps() % living.size()));
    ConsumerStatus status = world.callWithin(node.process, node::status);
    if (status != null) {
      status
          .partitions()
          .forEach(
              (id, partition) ->
                  surroundings
                      .oracle()
                      .statusSeen(
                          node.process,
                          id,
                          number(partition.committed()),
                          number(partition.emitted()),
                          number(partition.acknowledged())));
    }
  }

  private static long number(OptionalLong position) {
    return position.orElse(-1);
  }

  private boolean isSettled() {
    return surroundings.oracle().partitions().stream().allMatch(this::isSettled);
  }

  private boolean isSettled(PartitionRecord partition) {
    SimulatedProcess owner = partition.claimedBy;
    return partition.checkpoint == partition.log.end() - 1
        && owner != null
        && faults.living().stream().anyMatch(node -> node.process == owner);
  }

  private String unsettled() {
    return surroundings.oracle().partitions().stream()
        .filter(partition -> !isSettled(partition))
        .map(
            partition ->
                "partition "
                    + partition.log.id
                    + ": checkpoint "
                    + partition.checkpoint
                    + " of "
                    + (partition.log.end() - 1)
                    + ", first unprocessed "
                    + partition.firstUnprocessed()
                    + ", owner "
                    + partition.claimedBy)
        .findFirst()
        .orElse("");
  }

  /** Now nothing may move without a reason, and each node must say what is so. */
  private void checkCalm() {
    runUntil(world.nanoTime() + 20_000 * MILLI);
    long claims = claims();
    runUntil(world.nanoTime() + 15_000 * MILLI);
    if (claims() != claims) {
      surroundings
          .oracle()
          .broken("no thrash", (claims() - claims) + " claims while nothing happens");
    }
  }

  private long claims() {
    return surroundings.oracle().partitions().stream().mapToLong(p -> p.claims).sum();
  }
}
