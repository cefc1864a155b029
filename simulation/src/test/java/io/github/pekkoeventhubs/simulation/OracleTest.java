// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each promise is broken by hand, and the oracle says which. */
class OracleTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition(
          SimulatedEventHub.NAMESPACE,
          SimulatedEventHub.EVENT_HUB,
          SimulatedEventHub.CONSUMER_GROUP,
          "0");

  private final World world = new World(1);

  /** Which nodes count which among the members of their cluster; two names with a space. */
  private final Set<String> counted =
      new HashSet<>(Set.of("node-0 node-0", "node-0 node-1", "node-1 node-1", "node-1 node-0"));

  private final Oracle oracle =
      new Oracle(
          world,
          new ClaimOracle(
              world, new StoreFaults(), (by, node) -> counted.contains(by + " " + node)),
          new Oracle.Bounds(3, true, 5));
  private final SimulatedPartition log = new SimulatedPartition("0");
  private final SimulatedProcess first = new SimulatedProcess(0, "node-0");
  private final SimulatedProcess second = new SimulatedProcess(1, "node-1");
  private Optional<StoredOwnership> ownership = Optional.empty();
  private Optional<StoredCheckpoint> checkpoint = Optional.empty();

  OracleTest() {
    oracle.partitionAdded(log);
    for (int i = 0; i < 20; i++) {
      log.append(Instant.EPOCH);
    }
  }

  private void owns(SimulatedProcess node, String token) {
    owns(node, token.isEmpty() ? Map.of() : Map.of(StoredOwnership.CLAIM_TOKEN, token));
  }

  private void owns(SimulatedProcess node, Map<String, String> entries) {
    boolean released = entries.isEmpty();
    StoredOwnership after =
        new StoredOwnership(
            PARTITION, released ? "" : node.name, entries, "v", Instant.EPOCH, Instant.EPOCH);
    world.within(node, () -> oracle.ownershipWritten("0", ownership, after));
    ownership = Optional.of(after);
  }

  private void stores(SimulatedProcess node, long token, long position) {
    Map<String, String> entries =
        new HashMap<>(StoredCheckpoint.entriesOf(position, position < 0 ? "-1" : "o" + position));
    entries.put(StoredCheckpoint.FENCING_TOKEN, Long.toString(token));
    StoredCheckpoint after = new StoredCheckpoint(entries, "v");
    world.within(node, () -> oracle.checkpointWritten("0", checkpoint, after, null));
    checkpoint = Optional.of(after);
  }

  private void gets(SimulatedProcess node, long token, long event) {
    oracle.emitted(node, "0", token, event, "o" + event);
  }

  private void finishes(long upTo) {
    for (long event = 0; event <= upTo; event++) {
      oracle.processed("0", event, "o" + event);
    }
  }

  private void begins(SimulatedProcess node, long token) {
    owns(node, "claim-" + token);
    stores(node, token, checkpoint.flatMap(OracleTest::position).orElse(-1L));
  }

  private static Optional<Long> position(StoredCheckpoint stored) {
    return stored.sequenceNumber().stream().boxed().findFirst();
  }

  private @Nullable String broken() {
    Violation violation = oracle.violation();
    return violation == null ? null : violation.promise();
  }

  @Test
  void aGoodRunBreaksNothing() {
    begins(first, 1);
    gets(first, 1, 0);
    gets(first, 1, 1);
    finishes(1);
    stores(first, 1, 1);
    oracle.statusSeen(first, "0", 1, 1, 1);
    owns(first, "");
    begins(second, 2);
    gets(second, 2, 2);

    assertThat(broken()).isNull();
  }

  @Test
  void aCheckpointPassesAnEventThatNobodyHasProcessed() {
    begins(first, 1);
    stores(first, 1, 0);

    assertThat(broken()).isEqualTo("at least once");
  }

  @Test
  void anEventIsLeftOut() {
    begins(first, 1);
    gets(first, 1, 1);

    assertThat(broken()).isEqualTo("at least once");
  }

  @Test
  void aCheckpointGoesBack() {
    begins(first, 1);
    finishes(5);
    stores(first, 1, 5);
    stores(first, 1, 4);

    assertThat(broken()).isEqualTo("no regression");
  }

  @Test
  void anOldTokenIsAccepted() {
    begins(first, 2);
    stores(first, 1, -1);

    assertThat(broken()).isEqualTo("fencing");
  }

  @Test
  void anotherNodeWritesInTheEpoch() {
    begins(first, 1);
    stores(second, 1, -1);

    assertThat(broken()).isEqualTo("fencing");
  }

  @Test
  void anEventComesInAnEpochThatHasNotBegun() {
    begins(first, 1);
    gets(second, 2, 0);

    assertThat(broken()).isEqualTo("fencing");
  }

  @Test
  void anEventComesTwiceInAnEpoch() {
    begins(first, 1);
    gets(first, 1, 0);
    gets(first, 1, 0);

    assertThat(broken()).isEqualTo("order");
  }

  @Test
  void moreIsEmittedThanMayBeRepeated() {
    begins(first, 1);
    for (int event = 0; event < 4; event++) {
      gets(first, 1, event);
      finishes(event);
    }

    assertThat(broken()).isEqualTo("bound of repeated events");
  }

  @Test
  void moreWaitsThanMay() {
    begins(first, 1);
    log.received(first, 4);
    assertThat(broken()).isNull();

    log.received(first, 5);

    assertThat(broken()).isEqualTo("bound of memory");
  }

  @Test
  void aClaimIsReleasedByAnother() {
    begins(first, 1);
    owns(second, "");

    assertThat(broken()).isEqualTo("claims are respected");
  }

  @Test
  void anEventComesAfterTheRelease() {
    begins(first, 1);
    owns(first, "");
    gets(first, 1, 0);

    assertThat(broken()).isEqualTo("claims are respected");
  }

  @Test
  void aClaimIsTakenFromAnOwnerThatIsWell() {
    world.step(100_000_000_000L);
    begins(first, 1);
    owns(second, "claim-2");

    assertThat(broken()).isEqualTo("claims are respected");
  }

  @Test
  void aClaimIsTakenFromANodeThatIsCutOffAndWasRemoved() {
    world.step(100_000_000_000L);
    begins(first, 1);
    counted.remove("node-1 node-0");
    owns(second, "claim-2");

    assertThat(broken()).isNull();
  }

  @Test
  void aClaimIsTakenFromANodeThatDoesNotCountTheOther() {
    world.step(100_000_000_000L);
    begins(first, 1);
    counted.remove("node-0 node-1");
    owns(second, "claim-2");

    assertThat(broken()).isEqualTo("claims are respected");
  }

  @Test
  void aNodeThatWasRemovedItselfTakesAClaim() {
    world.step(100_000_000_000L);
    begins(first, 1);
    counted.remove("node-1 node-1");
    counted.remove("node-1 node-0");
    owns(second, "claim-2");

    assertThat(broken()).isEqualTo("claims are respected");
  }

  @Test
  void aClaimIsMadeTwice() {
    begins(first, 1);
    owns(first, "claim-2");

    assertThat(broken()).isEqualTo("claims are found");
  }

  @Test
  void aClaimIsMadeAgainAfterItsOwnerWasAskedForThePartition() {
    begins(first, 1);
    owns(
        first,
        Map.of(
            StoredOwnership.CLAIM_TOKEN,
            ownership.orElseThrow().entries().get(StoredOwnership.CLAIM_TOKEN),
            StoredOwnership.HAND_OVER_REQUEST,
            second.name));
    owns(first, "claim-2");

    assertThat(broken()).isNull();
  }

  @Test
  void theStatusSaysThatMoreIsCommittedThanIsStored() {
    begins(first, 1);
    oracle.statusSeen(first, "0", 3, 3, 3);

    assertThat(broken()).isEqualTo("status");
  }

  @Test
  void aPositionOfADeletedEventHubReplacesOneOfThePresent() {
    begins(first, 1);
    finishes(3);
    stores(first, 1, 3);
    isCreatedAnew();
    stores(first, 1, -1);
    stores(first, 1, 7);

    assertThat(broken()).isEqualTo("no regression");
  }

  private void isCreatedAnew() {
    log.createAnew();
    oracle.hubCreatedAnew();
    for (int i = 0; i < 20; i++) {
      log.append(Instant.EPOCH);
    }
  }

  /** Nobody has told the owner yet that its events are those of an event hub that is no more. */
  @Test
  void aPositionBeforeAllEventsThatIsStoredAgainSaysNothingOfTheEventHub() {
    begins(first, 1);
    isCreatedAnew();
    stores(first, 1, -1);
    stores(first, 1, 7);

    assertThat(broken()).isNull();
  }

  private void storesThePlaceBeforeTheFirst(long token, long number) {
    Map<String, String> entries =
        new HashMap<>(StoredCheckpoint.entriesOf(number, StoredCheckpoint.BEFORE_FIRST_OFFSET));
    entries.put(StoredCheckpoint.FENCING_TOKEN, Long.toString(token));
    StoredCheckpoint after = new StoredCheckpoint(entries, "v");
    world.within(first, () -> oracle.checkpointWritten("0", checkpoint, after, null));
    checkpoint = Optional.of(after);
  }

  @Test
  void thePlaceBeforeTheFirstEventPassesNoneWhateverItsNumber() {
    begins(first, 1);
    isCreatedAnew();
    storesThePlaceBeforeTheFirst(1, 6);
    storesThePlaceBeforeTheFirst(1, -1);
    oracle.emitted(first, "0", 1, 0, "o0-1");

    assertThat(broken()).isNull();
  }

  @Test
  void anEventAfterThePlaceBeforeTheFirstIsLeftOut() {
    begins(first, 1);
    isCreatedAnew();
    storesThePlaceBeforeTheFirst(1, 6);
    oracle.emitted(first, "0", 1, 7, "o7-1");

    assertThat(broken()).isEqualTo("at least once");
  }

  @Test
  void thePlaceBeforeTheFirstEventReplacesOneThatWasReached() {
    begins(first, 1);
    finishes(3);
    stores(first, 1, 3);
    storesThePlaceBeforeTheFirst(1, -1);

    assertThat(broken()).isEqualTo("no regression");
  }

  @Test
  void readingGoesOnAtTheFirstEventOfTheEventHubOfThatMoment() {
    PartitionRecord partition = oracle.partitions().get(0);
    begins(first, 1);
    finishes(3);
    stores(first, 1, 3);
    assertThat(partition.next()).isEqualTo(4);
    log.trim(6);
    assertThat(partition.next()).isEqualTo(6);

    isCreatedAnew();
    assertThat(partition.next()).isZero();
    storesThePlaceBeforeTheFirst(1, 6);
    assertThat(partition.next()).isZero();
  }
}
