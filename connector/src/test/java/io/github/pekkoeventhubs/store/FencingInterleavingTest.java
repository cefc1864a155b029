// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A successor that claims before one of the old owner's requests and fences before another one, in
 * every combination, while the old owner tries to commit.
 */
class FencingInterleavingTest {

  /** More than the old owner ever makes in one commit. */
  private static final int REQUESTS = 10;

  private static final String WRITER = "writer";

  @Test
  void noCommitOfTheOldOwnerIsAppliedAfterTheSuccessorHasFenced() {
    assertThat(violations(store -> store)).isEmpty();
  }

  /** The first idea, refuted by the model; shows that the test above can fail. */
  @Test
  void readingTheOwnershipBeforeTheCheckpointLetsTheOldOwnerCommit() {
    assertThat(violations(FencingInterleavingTest::ownershipFirst)).isNotEmpty();
  }

  private static List<String> violations(UnaryOperator<PartitionStore> oldOwnersView) {
    List<String> violations = new ArrayList<>();
    for (Interference interference : Interference.values()) {
      for (int claimBefore = 0; claimBefore < REQUESTS; claimBefore++) {
        for (int fenceBefore = claimBefore; fenceBefore < REQUESTS; fenceBefore++) {
          Scenario scenario = new Scenario(claimBefore, fenceBefore, oldOwnersView);
          scenario.run(interference);
          if (scenario.oldOwnerCommittedLate()) {
            violations.add(interference + ", " + claimBefore + ", " + fenceBefore);
          }
        }
      }
    }
    return violations;
  }

  /** The cause for which the old owner's first attempt fails. */
  private enum Interference {
    NONE,
    FOREIGN_WRITE,
    LOST_REQUEST,
    LOST_REPLY
  }

  private static final class Scenario {
    private final ScriptedPartitionStore store = new ScriptedPartitionStore();
    private final OwnershipProtocol protocol = new OwnershipProtocol(store);
    private final int claimBefore;
    private final int fenceBefore;
    private final CheckpointWriter old;
    private Optional<OwnershipClaim> successor = Optional.empty();
    private int writesBeforeFence = Integer.MAX_VALUE;
    private int request;

    Scenario(int claimBefore, int fenceBefore, UnaryOperator<PartitionStore> oldOwnersView) {
      this.claimBefore = claimBefore;
      this.fenceBefore = fenceBefore;
      store.overwriteCheckpoint(StoredCheckpoint.entriesOf(0, "o0"));
      old = fenced(oldOwnersView.apply(store), claim("old"));
    }

    void run(Interference interference) {
      switch (interference) {
        case NONE -> {}
        case FOREIGN_WRITE -> store.overwriteCheckpoint(StoredCheckpoint.entriesOf(0, "foreign"));
        case LOST_REQUEST -> store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
        case LOST_REPLY -> store.next(Operation.REPLACE_CHECKPOINT, Fate.UNANSWERED);
      }
      store.beforeEach(ignored -> beforeRequest());
      for (int number = 1; number <= 3; number++) {
        old.write(new CheckpointPosition(number, "o" + number, Map.of(WRITER, "old"), "", 0));
      }
    }

    /** The successor's own requests are not counted. */
    private void beforeRequest() {
      int current = request++;
      store.beforeEach(ignored -> {});
      if (current == claimBefore) {
        successor = Optional.of(claim("new"));
      }
      if (current == fenceBefore) {
        fenced(store, successor.orElseThrow());
        writesBeforeFence = store.checkpointWrites().size();
      }
      store.beforeEach(ignored -> beforeRequest());
    }

    boolean oldOwnerCommittedLate() {
      return store.checkpointWrites().stream()
          .skip(writesBeforeFence)
          .anyMatch(stored -> "old".equals(stored.entries().get(WRITER)));
    }

    private OwnershipClaim claim(String ownerId) {
      ClaimOutcome outcome = done(protocol.claim(PARTITION, store.ownership(), ownerId));
      return ((ClaimOutcome.Held) outcome).claim();
    }

    private static CheckpointWriter fenced(PartitionStore store, OwnershipClaim claim) {
      FenceOutcome outcome =
          done(
              FencedCheckpoint.fence(
                  store, claim, () -> CompletableFuture.failedStage(new AssertionError("absent"))));
      return ((FenceOutcome.Fenced) outcome).checkpoint();
    }
  }

  /**
   * A view that answers a read of the ownership with what it was before the checkpoint was read.
   */
  private static PartitionStore ownershipFirst(PartitionStore store) {
    Map<EventHubPartition, CompletionStage<Optional<StoredOwnership>>> readBefore =
        new java.util.HashMap<>();
    return (PartitionStore)
        Proxy.newProxyInstance(
            PartitionStore.class.getClassLoader(),
            new Class<?>[] {PartitionStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("readCheckpoint")) {
                readBefore.put(PARTITION, store.readOwnership(PARTITION));
              }
              if (method.getName().equals("readOwnership")) {
                return readBefore.get(PARTITION);
              }
              return method.invoke(store, arguments);
            });
  }

  private static <T> T done(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }
}
