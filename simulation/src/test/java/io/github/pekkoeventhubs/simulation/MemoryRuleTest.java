// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A partition of ten events of 1 MiB: the ninth may not be taken before one was emitted. */
class MemoryRuleTest {

  private static final int EVENTS = 10;
  private static final int NARROW = 2;
  private static final int WIDE = 20;
  private static final long SECOND = 1_000_000_000;

  private final World world = new World(1);
  private final SimulatedPartition log = new SimulatedPartition("0");
  private final PartitionRecord partition = new PartitionRecord(log);
  private final SimulatedProcess node = new SimulatedProcess(0, "node-0");
  private final List<String> broken = new ArrayList<>();
  private final MemoryRule rule =
      new MemoryRule(world, partition, EVENTS, (promise, what) -> broken.add(what));

  MemoryRuleTest() {
    EventSizes sizes = new EventSizes(true, 1);
    while (log.end() < EVENTS) {
      byte[] body = sizes.next("0");
      if (body.length == EventSizes.LARGEST) {
        log.append(Instant.EPOCH, body);
      }
    }
    begins(1);
  }

  private PartitionRecord.Epoch begins(long token) {
    PartitionRecord.Epoch epoch = new PartitionRecord.Epoch(node, -1);
    partition.fencingToken = token;
    partition.epochs.put(token, epoch);
    return epoch;
  }

  private LinkWatch passing(int events) {
    LinkWatch link = rule.attaches(node, 0, NARROW);
    for (int event = 0; event < events; event++) {
      link.passes(event);
      link.holds(event + 1, true);
    }
    return link;
  }

  @Test
  void asManyBytesWaitAsMay() {
    passing(8);
    rule.attaches(node, 8, NARROW);

    assertThat(broken).isEmpty();
  }

  @Test
  void theNextLinkShowsThatMoreWasTaken() {
    passing(9);
    rule.attaches(node, 9, NARROW);

    assertThat(broken).singleElement().asString().contains("node-0 takes event 8");
  }

  @Test
  void anEventThatCameAfterTheLinkWasClosedIsNotTaken() {
    passing(9);
    rule.attaches(node, 8, NARROW);

    assertThat(broken).isEmpty();
  }

  @Test
  void theStreamShowsThatMoreWasTaken() {
    LinkWatch link = passing(9);
    Objects.requireNonNull(partition.epochs.get(1L)).lastEmitted = 8;
    link.holds(9, true);

    assertThat(broken).singleElement().asString().contains("node-0 takes event 8");
  }

  @Test
  void anEventOfTheSameNumberInAnotherEpochOrEventHubIsAnother() {
    passing(9);
    begins(2);
    rule.attaches(node, 9, NARROW);
    assertThat(broken).isEmpty();

    begins(3);
    passing(9);
    log.createAnew();
    while (log.end() < EVENTS) {
      log.append(Instant.EPOCH);
    }
    rule.attaches(node, 9, NARROW);
    assertThat(broken).isEmpty();
  }

  @Test
  void aLinkIsTooWideForTooLong() {
    LinkWatch link = rule.attaches(node, 0, WIDE);
    link.holds(0, true);
    world.step(MemoryRule.TOO_WIDE_NANOS);
    link.holds(0, true);
    assertThat(broken).isEmpty();

    world.step(MemoryRule.TOO_WIDE_NANOS + 1);
    link.holds(0, true);
    assertThat(broken).singleElement().asString().contains("holds 10485760 bytes for too long");
  }

  @Test
  void aWideLinkIsClosedInTimeOrSomeEventsAreEmitted() {
    LinkWatch link = rule.attaches(node, 0, WIDE);
    link.holds(0, true);
    world.step(SECOND);
    link.holds(0, false);
    world.step(2 * SECOND);
    link.holds(0, true);
    world.step(3 * SECOND);
    Objects.requireNonNull(partition.epochs.get(1L)).lastEmitted = 0;
    link.holds(1, true);
    world.step(4 * SECOND);
    link.holds(1, true);

    assertThat(broken).isEmpty();
  }

  @Test
  void aFrozenNodeCannotCloseALink() {
    LinkWatch link = rule.attaches(node, 0, WIDE);
    link.holds(0, true);
    world.freeze(node);
    world.step(10 * SECOND);
    link.holds(0, true);
    world.wake(node);
    link.holds(0, true);
    world.step(11 * SECOND);
    link.holds(0, true);

    assertThat(broken).isEmpty();
  }

  @Test
  void aNodeThatDoesNotOwnThePartitionHasNoBound() {
    SimulatedProcess other = new SimulatedProcess(1, "node-1");
    LinkWatch link = rule.attaches(other, 0, WIDE);
    link.holds(0, true);
    world.step(3 * SECOND);
    link.holds(0, true);
    link.passes(9);
    rule.attaches(other, 10, WIDE);

    assertThat(broken).isEmpty();
  }
}
