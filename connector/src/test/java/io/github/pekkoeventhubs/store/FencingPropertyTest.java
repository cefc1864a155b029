// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Three owners claim, fence, renew, commit and release at random; each request may be lost or stay
 * unanswered, and any of the others may act before it. Owners neither wait for expiry nor respect
 * each other: safety must not depend on it.
 */
class FencingPropertyTest {

  private static final int MAX_DEPTH = 4;
  private static final int ACTIONS = 120;

  @Property(tries = 400)
  void commitsNeverGoBackNorFollowASuccessorsFenceNorAreForgottenByItAndTokensGrow(
      @ForAll long seed) {
    World world = new World(new Random(seed));

    world.run();

    assertThat(world.violations).isEmpty();
    assertThat(world.commits).isPositive();
  }

  private static final class World {
    private final ScriptedPartitionStore store = new ScriptedPartitionStore();
    private final OwnershipProtocol protocol = new OwnershipProtocol(store);
    private final List<Owner> owners = new ArrayList<>();
    private final Random random;
    final List<String> violations = new ArrayList<>();
    private int commits;
    private int depth;
    private int observedWrites;
    private long epochs;
    private long newestFencedEpoch;
    private long highestToken;
    private long highestAcknowledged = -1;
    private OptionalLong lastStored = OptionalLong.empty();

    World(Random random) {
      this.random = random;
      for (int i = 0; i < 3; i++) {
        owners.add(new Owner(this, "node-" + i));
      }
    }

    void run() {
      store.beforeEach(this::beforeRequest);
      for (int i = 0; i < ACTIONS; i++) {
        act();
      }
    }

    private void act() {
      owners.get(random.nextInt(owners.size())).act();
      observe();
    }

    private void beforeRequest(Operation operation) {
      observe();
      if (depth < MAX_DEPTH && random.nextInt(3) == 0) {
        depth++;
        act();
        depth--;
      }
      if (random.nextInt(8) == 0) {
        // Nothing may depend on the store's clock while its records are there.
        store.timeIs(Instant.ofEpochMilli(random.nextInt(1_000)));
        store.next(operation, random.nextBoolean() ? Fate.LOST : Fate.UNANSWERED);
      }
    }

    private void fenced(long epoch, long token) {
      observe();
      if (token <= highestToken) {
        violations.add("token " + token + " after " + highestToken);
      }
      highestToken = Math.max(highestToken, token);
      newestFencedEpoch = Math.max(newestFencedEpoch, epoch);
    }

    /** Judges what the store has applied since the last look. */
    private void observe() {
      List<StoredCheckpoint> writes = store.checkpointWrites();
      for (StoredCheckpoint write : writes.subList(observedWrites, writes.size())) {
        String epoch = write.entries().get("epoch");
        long number = write.sequenceNumber().orElseThrow();
        if (epoch != null
            && Long.parseLong(epoch) < newestFencedEpoch
            && lastStored.isPresent()
            && number != lastStored.getAsLong()) {
          violations.add(
              "late commit of epoch " + epoch + " after " + newestFencedEpoch + ": " + number);
        }
        if (lastStored.isPresent() && number < lastStored.getAsLong()) {
          violations.add("regression from " + lastStored.getAsLong() + " to " + number);
        }
        lastStored = OptionalLong.of(number);
      }
      observedWrites = writes.size();
    }
  }

  /**
   * One node, with one epoch at a time; it may act again while one of its requests is under way.
   */
  private static final class Owner {
    private final World world;
    private final String id;
    private @Nullable OwnershipClaim claim;
    private @Nullable CheckpointWriter checkpoint;
    private boolean busy;
    private long epoch;
    private long position;

    Owner(World world, String id) {
      this.world = world;
      this.id = id;
    }

    void act() {
      if (busy) {
        return;
      }
      busy = true;
      if (claim == null || world.random.nextInt(12) == 0) {
        claim();
      } else if (checkpoint == null) {
        fence(claim);
      } else {
        switch (world.random.nextInt(10)) {
          case 0 -> renew(claim);
          case 1 -> release(claim);
          case 2 -> requestHandOver();
          default -> commit(checkpoint);
        }
      }
      busy = false;
    }

    private void claim() {
      checkpoint = null;
      claim = null;
      Optional<StoredOwnership> seen =
          result(world.store.readOwnership(PARTITION)).orElse(Optional.empty());
      if (result(world.protocol.claim(PARTITION, seen, id)).orElse(null)
          instanceof ClaimOutcome.Held held) {
        claim = held.claim();
        epoch = ++world.epochs;
      }
    }

    private void fence(OwnershipClaim current) {
      long acknowledged = world.highestAcknowledged;
      Optional<FenceOutcome> outcome =
          result(
              FencedCheckpoint.fence(
                  world.store,
                  current,
                  () -> CompletableFuture.completedStage(StoredCheckpoint.entriesOf(-1, "-1"))));
      if (outcome.orElse(null) instanceof FenceOutcome.Fenced fenced) {
        checkpoint = fenced.checkpoint();
        world.fenced(epoch, checkpoint.fencingToken().orElseThrow());
        position = fenced.checkpoint().stored().orElseThrow().sequenceNumber().orElseThrow();
        if (position < acknowledged) {
          world.violations.add("starts at " + position + " below " + acknowledged);
        }
      } else if (outcome.isPresent()) {
        claim = null;
      }
    }

    private void commit(CheckpointWriter current) {
      position += 1 + world.random.nextInt(3);
      Map<String, String> metadata = Map.of("epoch", Long.toString(epoch));
      Optional<WriteOutcome> outcome =
          result(current.write(new CheckpointPosition(position, "o" + position, metadata, "", 0)));
      if (outcome.orElse(null) == WriteOutcome.LOST) {
        claim = null;
        checkpoint = null;
      } else if (outcome.isPresent()) {
        world.commits++;
        world.highestAcknowledged = Math.max(world.highestAcknowledged, position);
      }
    }

    private void renew(OwnershipClaim current) {
      ClaimOutcome outcome = result(world.protocol.renew(current)).orElse(null);
      if (outcome instanceof ClaimOutcome.Held held) {
        claim = held.claim();
      } else if (outcome != null) {
        claim = null;
        checkpoint = null;
      }
    }

    private void release(OwnershipClaim current) {
      if (result(world.protocol.release(current)).isPresent()) {
        claim = null;
        checkpoint = null;
      }
    }

    private void requestHandOver() {
      world.store.ownership().ifPresent(seen -> result(world.protocol.requestHandOver(seen, id)));
    }

    /** Empty if it failed. */
    private static <T> Optional<T> result(CompletionStage<T> stage) {
      CompletableFuture<T> future = stage.toCompletableFuture();
      assertThat(future).isDone();
      return future.isCompletedExceptionally() ? Optional.empty() : Optional.of(future.join());
    }
  }
}
