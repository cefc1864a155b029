// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.StoredCheckpoint.FENCING_TOKEN;
import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.PartitionReset;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FencingTokensTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Map<String, String> START = StoredCheckpoint.entriesOf(-1, "-1");

  private final ScriptedPartitionStore store = new ScriptedPartitionStore();
  private final OwnershipProtocol protocol = new OwnershipProtocol(store);

  @Test
  void aFirstTokenIsTheTimeByTheStoresClock() {
    assertThat(token("node-a")).isEqualTo(NOW.toEpochMilli());
    assertThat(storedToken()).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void aTokenIsHigherThanTheOneBeforeAlthoughTheClockStandsStill() {
    assertThat(List.of(token("node-a"), token("node-b"), token("node-a")))
        .containsExactly(NOW.toEpochMilli(), NOW.toEpochMilli() + 1, NOW.toEpochMilli() + 2);
  }

  @Test
  void aTokenIsHigherThanTheOneBeforeAlthoughTheClockGoesBack() {
    long first = token("node-a");
    store.timeIs(NOW.minus(Duration.ofDays(1)));

    assertThat(token("node-b")).isEqualTo(first + 1);
  }

  @Test
  void eachEpochOfOneClaimHasATokenOfItsOwn() {
    OwnershipClaim claim = claim("node-a");
    long first = fenced(claim).fencingToken().orElseThrow();

    assertThat(fenced(claim).fencingToken().orElseThrow()).isGreaterThan(first);
  }

  @Test
  void aClaimCostsNoRequestMoreThanWithoutAToken() {
    store.overwriteCheckpoint(START);

    fenced(claim("node-a"));

    assertThat(store.requests())
        .containsExactly(
            Operation.READ_OWNERSHIP,
            Operation.CREATE_OWNERSHIP,
            Operation.READ_CHECKPOINT,
            Operation.READ_OWNERSHIP,
            Operation.REPLACE_CHECKPOINT);
  }

  @Test
  void recordsOfAnEarlierVersionAreReadAndGetATokenAtTheNextClaim() {
    store.overwriteOwnership("node-a", Map.of(StoredOwnership.CLAIM_TOKEN, "old"));
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(41, "o41"));
    assertThat(store.checkpoint().orElseThrow().fencingToken()).isEmpty();
    assertThat(store.ownership().orElseThrow().fencingToken()).isEmpty();

    assertThat(token("node-b")).isEqualTo(NOW.toEpochMilli());
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(41);
  }

  @Test
  void textThatIsNoTokenCountsForNothing() {
    for (String text : List.of("", "-5", "seven", "9223372036854775807", "1e9")) {
      store.overwriteCheckpoint(Map.of("sequencenumber", "41", FENCING_TOKEN, text));

      assertThat(store.checkpoint().orElseThrow().fencingToken()).as(text).isEmpty();
      assertThat(token("node-a")).as(text).isGreaterThanOrEqualTo(NOW.toEpochMilli());
    }
  }

  @Test
  void aTouchWhoseReplyWasLostIsRepeatedWithAHigherToken() {
    OwnershipClaim claim = claim("node-a");
    store.next(Operation.CREATE_CHECKPOINT, Fate.UNANSWERED);
    assertThatThrownBy(() -> fenced(claim)).hasCauseInstanceOf(PartitionStoreException.class);
    long applied = storedToken();

    assertThat(fenced(claim).fencingToken().orElseThrow()).isGreaterThan(applied);
  }

  @Test
  void aTokenOutlivesADeletedOwnershipRecord() {
    long first = token("node-a");
    store.deleteOwnership();

    assertThat(token("node-b")).isEqualTo(first + 1);
  }

  @Test
  void aTokenOutlivesADeletedCheckpoint() {
    token("node-a");
    token("node-b");
    long last = token("node-c");
    store.deleteCheckpoint();
    store.timeIs(NOW.plusSeconds(1));

    assertThat(token("node-d")).isGreaterThan(last);
  }

  @Test
  void aTokenOutlivesADeletedCheckpointByTheOwnershipRecordWhereTheClockHasGoneBack() {
    long first = token("node-a");
    store.timeIs(NOW.plusSeconds(5));
    long second = token("node-b");
    assertThat(second).isGreaterThan(first);
    store.deleteCheckpoint();
    store.timeIs(NOW);

    assertThat(token("node-c")).isEqualTo(second + 1);
  }

  @Test
  void aTokenOutlivesAnOfficialProcessorThatReplacesTheMetadataOfBothBlobs() {
    long first = token("node-a");
    store.timeIs(NOW.plusSeconds(1));
    store.overwriteOwnership("official", Map.of());
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(7, "o7"));

    assertThat(token("node-b")).isGreaterThan(first);
  }

  @Test
  void commitsKeepTheTokenAndSoDoGapMaps() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    long token = checkpoint.fencingToken().orElseThrow();

    write(checkpoint, CheckpointPosition.of(7, "o7"));
    assertThat(storedToken()).isEqualTo(token);
    write(checkpoint, new CheckpointPosition(7, "o7", Map.of("mine", "m"), "9-12", 1));
    assertThat(storedToken()).isEqualTo(token);
    assertThat(CheckpointPosition.gapsOf(store.checkpoint().orElseThrow())).contains("9-12");
  }

  @Test
  void aGapMapWhoseReplyWasLostIsRecognisedBesideTheToken() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    CheckpointPosition position = new CheckpointPosition(7, "o7", Map.of(), "9-12", 1);
    store.next(Operation.REPLACE_CHECKPOINT, Fate.UNANSWERED);
    assertThatThrownBy(() -> write(checkpoint, position))
        .hasCauseInstanceOf(PartitionStoreException.class);

    assertThat(write(checkpoint, position)).isEqualTo(WriteOutcome.COVERED);
  }

  @Test
  void aCommitRestoresATokenThatALateOfficialWriteHasErased() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    long token = storedToken();
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(4, "o4"));

    assertThat(write(checkpoint, CheckpointPosition.of(11, "o11"))).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(storedToken()).isEqualTo(token);
  }

  @Test
  void aStreamOfFixedPartitionsHasNoTokenAndKeepsTheStoredOne() {
    long token = token("node-a");

    UnclaimedCheckpoint fixed = done(UnclaimedCheckpoint.open(store, PARTITION));
    write(fixed, CheckpointPosition.of(3, "o3"));

    assertThat(fixed.fencingToken()).isEmpty();
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(3);
    assertThat(storedToken()).isEqualTo(token);
  }

  @Test
  void aResetKeepsTheTokenAndTheNextEpochHasAHigherOne() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    write(checkpoint, CheckpointPosition.of(100, "o100"));
    long token = storedToken();
    PartitionReset planned =
        new PartitionReset(
            PARTITION,
            store.checkpoint(),
            7,
            "o7",
            Optional.empty(),
            PartitionReset.Outcome.PLANNED,
            Optional.empty());

    PartitionReset done =
        done(new ResetProtocol(store, Duration.ofMinutes(2), "reset").perform(planned, true));

    assertThat(done.outcome()).isEqualTo(PartitionReset.Outcome.WRITTEN);
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(7);
    assertThat(storedToken()).isEqualTo(token);
    assertThat(token("node-a")).isGreaterThan(token);
  }

  @Test
  void aReleaseKeepsTheNumberOfTheOwnershipRecord() {
    token("node-a");
    OwnershipClaim second = claim("node-b");
    long number = second.record().fencingToken().orElseThrow();

    done(protocol.release(second));

    assertThat(store.ownership().orElseThrow().isReleased()).isTrue();
    assertThat(store.ownership().orElseThrow().fencingToken()).hasValue(number);
  }

  /** One claim, and what happens before it. */
  record Step(int clockMoves, boolean losesCheckpoint, boolean losesOwnership) {}

  /** Each number of the history stands for the three parts of a step. */
  @Property
  void aTokenGrowsIfTheCheckpointIsKeptOrTheClockHasPassedTheLastOne(
      @ForAll @Size(min = 2, max = 30) List<@IntRange(min = 0, max = 43) Integer> history) {
    ScriptedPartitionStore world = new ScriptedPartitionStore();
    OwnershipProtocol claims = new OwnershipProtocol(world);
    Instant time = NOW;
    long last = 0;
    long highest = 0;
    for (int number : history) {
      Step step = new Step(number / 4 - 5, number % 2 == 1, number / 2 % 2 == 1);
      time = time.plusMillis(step.clockMoves());
      world.timeIs(time);
      if (step.losesCheckpoint()) {
        world.deleteCheckpoint();
      }
      if (step.losesOwnership()) {
        world.deleteOwnership();
      }
      long token = fenced(world, claim(claims, "node")).fencingToken().orElseThrow();
      if (!step.losesCheckpoint()) {
        assertThat(token).isGreaterThan(last);
      }
      if (time.toEpochMilli() > highest) {
        assertThat(token).isGreaterThan(highest);
      }
      assertThat(token).isGreaterThanOrEqualTo(time.toEpochMilli());
      last = token;
      highest = Math.max(highest, token);
    }
  }

  private long token(String ownerId) {
    return fenced(claim(ownerId)).fencingToken().orElseThrow();
  }

  private long storedToken() {
    return store.checkpoint().orElseThrow().fencingToken().orElseThrow();
  }

  private OwnershipClaim claim(String ownerId) {
    return claim(protocol, ownerId);
  }

  private static OwnershipClaim claim(OwnershipProtocol claims, String ownerId) {
    Optional<StoredOwnership> seen = done(claims.lookUp(PARTITION));
    return ((ClaimOutcome.Held) done(claims.claim(PARTITION, seen, ownerId))).claim();
  }

  private CheckpointWriter fenced(OwnershipClaim claim) {
    return fenced(store, claim);
  }

  private static CheckpointWriter fenced(ScriptedPartitionStore world, OwnershipClaim claim) {
    return ((FenceOutcome.Fenced)
            done(
                FencedCheckpoint.fence(
                    world, claim, () -> CompletableFuture.completedStage(START))))
        .checkpoint();
  }

  private static WriteOutcome write(CheckpointWriter checkpoint, CheckpointPosition position) {
    return done(checkpoint.write(position));
  }

  private static <T> T done(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }
}
