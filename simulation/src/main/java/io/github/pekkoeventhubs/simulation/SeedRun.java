// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.ConsumerStatus;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One world, from its beginning until everything is read, or a promise is broken. */
final class SeedRun {

  private static final long MILLI = 1_000_000;

  /** How soon everything is owned and read again when the faults have passed. */
  private static final long RECOVERY_MILLIS = 60_000;

  private static final long STEPS_PER_LOOK = 256;

  /** The number that max-buffered-events and max-uncommitted allow together. */
  private static final long MOST_WAITING = 15;

  private static final int CALM_EVENTS = 600;
  private static final long CALM_MILLIS = 16_000;

  private final SeededScenario scenario;
  private final World world;
  private final Surroundings surroundings;
  private final FaultInjection faults;
  private final EventSizes sizes;

  /**
   * The result of a run.
   *
   * @param hash the same for two runs if and only if they were the same, step by step
   */
  record Result(long hash, long steps, long repeated, long requests, @Nullable Violation broken) {}

  private SeedRun(SeededScenario scenario, @Nullable Consumer<String> story) {
    this.scenario = scenario;
    world = new World(scenario.seed());
    if (story != null) {
      world.tellTo(story);
    }
    surroundings =
        Surroundings.of(
            scenario, world, new Oracle.Bounds(13, !scenario.unordered(), MOST_WAITING));
    faults = new FaultInjection(world, surroundings);
    sizes = new EventSizes(scenario.large(), scenario.seed());
  }

  static Result of(SeededScenario scenario, @Nullable Consumer<String> story) {
    ProcessCounters.reset();
    SeedRun run = new SeedRun(scenario, story);
    return run.run();
  }

  private Result run() {
    produce(scenario.events(), 2 * SeededScenario.FAULTY_MILLIS * MILLI / scenario.events());
    faults.begin();
    runUntil(SeededScenario.FAULTY_MILLIS * MILLI);
    faults.calm();
    settle("recovery", RECOVERY_MILLIS);
    checkCalm();
    checkMovesInCalm();
    return new Result(
        world.hash(),
        world.steps(),
        repeated(),
        surroundings.records().requests(),
        surroundings.oracle().violation());
  }

  private boolean isBroken() {
    return surroundings.oracle().violation() != null;
  }

  private void settle(String promise, long millis) {
    long begun = world.nanoTime();
    while (!isBroken() && !isSettled()) {
      if (world.nanoTime() - begun > millis * MILLI) {
        surroundings.oracle().broken(promise, unsettled());
      }
      runUntil(world.nanoTime() + 250 * MILLI);
    }
  }

  /** Events come all the time, to any partition. */
  private void produce(int left, long most) {
    if (left > 0) {
      world.after(
          world.services(),
          world.random().nextLong(most),
          "producer",
          () -> {
            List<SimulatedPartition> logs = surroundings.hub().partitions();
            SimulatedPartition log = logs.get(world.random().nextInt(logs.size()));
            log.append(world.instant(), sizes.next(log.id));
            produce(left - 1, most);
          });
    }
  }

  private void runUntil(long time) {
    long look = 0;
    while (surroundings.oracle().violation() == null && world.step(time)) {
      if (++look % STEPS_PER_LOOK == 0) {
        lookAtStatus();
        surroundings.hub().partitions().forEach(log -> log.links.forEach(HubLink::look));
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
    return faults.isNobodyMissing()
        && surroundings.oracle().partitions().stream().allMatch(this::isSettled)
        && isEven();
  }

  private boolean isEven() {
    LongSummaryStatistics owned =
        faults.living().stream()
            .mapToLong(
                node ->
                    surroundings.oracle().partitions().stream()
                        .filter(partition -> partition.claimedBy == node.process)
                        .count())
            .summaryStatistics();
    return owned.getMax() - owned.getMin() <= 1;
  }

  private boolean isSettled(PartitionRecord partition) {
    SimulatedProcess owner = partition.claimedBy;
    // Events that are gone are not read, and nothing is committed for them where none follow.
    boolean read = partition.next() >= partition.log.end();
    return read
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
        .orElse("the partitions are not spread evenly");
  }

  /** Now nothing may move without a reason. */
  private void checkCalm() {
    runUntil(world.nanoTime() + 13_000 * MILLI);
    long claims = claims();
    faults.blip();
    runUntil(world.nanoTime() + 14_000 * MILLI);
    if (!isBroken() && claims() != claims) {
      surroundings
          .oracle()
          .broken("no thrash", (claims() - claims) + " claims while nothing happens");
    }
  }

  /** A node comes and one goes while events are processed: no event is repeated by that. */
  private void checkMovesInCalm() {
    if (isBroken()) {
      return;
    }
    produce(CALM_EVENTS, 2 * CALM_MILLIS * MILLI / CALM_EVENTS);
    long repeated = repeated();
    long claims = claims();
    faults.joinCalmly();
    runUntil(world.nanoTime() + CALM_MILLIS / 2 * MILLI);
    faults.leaveCalmly();
    runUntil(world.nanoTime() + CALM_MILLIS / 2 * MILLI);
    settle("recovery in calm", CALM_MILLIS * (scenario.patient() ? 5 : 2));
    if (isBroken()) {
      return;
    }
    if (repeated() != repeated) {
      surroundings
          .oracle()
          .broken(
              "no repetition in a graceful move",
              (repeated() - repeated) + " events are processed again");
    }
    long moves = claims() - claims;
    if (moves > 2L * surroundings.oracle().partitions().size()) {
      surroundings
          .oracle()
          .broken("no thrash", moves + " moves for a node that joins and one that leaves");
    }
  }

  private long claims() {
    return surroundings.oracle().partitions().stream().mapToLong(p -> p.claims).sum();
  }

  private long repeated() {
    return surroundings.oracle().partitions().stream().mapToLong(p -> p.repeated).sum();
  }
}
