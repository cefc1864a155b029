// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The store as a node sees it: requests go on their way, are applied or not, and answers come back
 * or not. The records themselves are shared by all nodes.
 */
final class SimulatedStore implements PartitionStore {

  private static final Duration REQUEST_TIMEOUT = Duration.ofMillis(1500);

  private final World world;
  private final SimulatedProcess node;
  private final StoreRecords records;
  private final StoreFaults faults;

  SimulatedStore(World world, SimulatedProcess node, StoreRecords records, StoreFaults faults) {
    this.world = world;
    this.node = node;
    this.records = records;
    this.faults = faults;
  }

  private <T> CompletionStage<T> request(String what, Supplier<T> effect) {
    return request(what, effect, Optional.empty());
  }

  /**
   * @param conflict what the answer is if the store claims that the record has changed
   */
  private <T> CompletionStage<T> request(String what, Supplier<T> effect, Optional<T> conflict) {
    records.requested(what);
    if (node.freezesAfter > 0 && --node.freezesAfter == 0) {
      world.freeze(node);
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    WorldTask limit =
        world.after(node, REQUEST_TIMEOUT.toNanos(), "store timeout", () -> tooLong(what, answer));
    var unused = answer.whenComplete((result, failure) -> limit.cancel());
    int luck = world.random().nextInt(100);
    int refused = faults.refusedOf(what);
    if (luck < refused) {
      node.failedRequests++;
      world.detail(what + " is refused");
      reply(() -> answer.completeExceptionally(passing(what + ": 503 without a code")));
      return answer;
    }
    luck -= refused;
    if (luck < faults.throttled) {
      node.failedRequests++;
      reply(
          () ->
              answer.completeExceptionally(
                  new PartitionStoreException(
                      what + " was throttled", null, true, Optional.of(Duration.ofSeconds(1)))));
      return answer;
    }
    luck -= faults.throttled;
    if (conflict.isPresent() && luck < faults.wrongConflicts) {
      node.failedRequests++;
      reply(() -> answer.complete(conflict.get()));
      return answer;
    }
    luck -= faults.wrongConflicts;
    boolean late = luck >= 0 && luck < faults.late;
    luck -= faults.late;
    boolean lost = luck >= 0 && luck < faults.lostOf(what);
    node.failedRequests += lost || late ? 1 : 0;
    long onItsWay =
        late ? world.between(1_600, 6_000) : world.between(0, faults.mostMillis / 2 + 1);
    world.after(
        world.services(),
        onItsWay,
        "store",
        () -> {
          T result = world.callWithin(node, effect);
          node.failedRequests += late ? 1 : 0;
          if (lost || late) {
            world.detail(what + " is applied, and its answer is lost or late");
          }
          if (lost) {
            limit.cancel();
            noAnswer(what, answer, REQUEST_TIMEOUT.toNanos() - onItsWay);
          } else {
            reply(() -> answer.complete(result));
          }
        });
    return answer;
  }

  /** Unlike one that takes too long it counts when it is sent. */
  private void noAnswer(String what, CompletableFuture<?> answer, long nanos) {
    world.after(
        node,
        nanos,
        "store timeout",
        () -> answer.completeExceptionally(passing(what + ": no answer")));
  }

  private void tooLong(String what, CompletableFuture<?> answer) {
    node.failedRequests++;
    answer.completeExceptionally(passing(what + " took too long"));
  }

  /** Refused although nothing has changed; the request that follows is the last for long. */
  private CompletionStage<Optional<StoredCheckpoint>> refusedOnce(String partition) {
    node.refusedOnce = false;
    node.refusedPartition = partition;
    node.freezesAfter = 1;
    records.requested("replace checkpoint");
    CompletableFuture<Optional<StoredCheckpoint>> answer = new CompletableFuture<>();
    reply(() -> answer.complete(Optional.empty()));
    return answer;
  }

  private void reply(Runnable answer) {
    world.after(node, world.between(0, faults.mostMillis / 2 + 1), "store answer", answer);
  }

  private PartitionStoreException passing(String message) {
    return new PartitionStoreException(message, null, true);
  }

  @Override
  public CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup) {
    return request("list ownerships", records::ownerships);
  }

  @Override
  public CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup) {
    return request("list checkpoints", records::checkpoints);
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> readOwnership(EventHubPartition partition) {
    return request("read ownership", () -> records.ownership(partition));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    Map<String, String> kept = new TreeMap<>(entries);
    return request(
        StoreFaults.CLAIM,
        () -> records.createOwnership(partition, ownerId, kept),
        Optional.of(Optional.empty()));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    Map<String, String> kept = new TreeMap<>(entries);
    return request(
        isClaim(expected, kept) ? StoreFaults.CLAIM : StoreFaults.REPLACE_OWNERSHIP,
        () -> records.replaceOwnership(expected, ownerId, kept),
        Optional.of(Optional.empty()));
  }

  private static boolean isClaim(StoredOwnership expected, Map<String, String> entries) {
    String token = entries.get(StoredOwnership.CLAIM_TOKEN);
    return token != null && !expected.isClaimedWith(token);
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(EventHubPartition partition) {
    return request("read checkpoint", () -> records.checkpoint(partition));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    Map<String, String> kept = new TreeMap<>(entries);
    return request(
        "create checkpoint",
        () -> records.createCheckpoint(partition, kept),
        Optional.of(Optional.empty()));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion) {
    if (node.refusedOnce) {
      return refusedOnce(partition.partitionId());
    }
    Map<String, String> kept = new TreeMap<>(entries);
    return request(
        "replace checkpoint",
        () -> records.replaceCheckpoint(partition, kept, expectedVersion),
        Optional.of(Optional.empty()));
  }

  @Override
  public CompletionStage<Instant> serverTime() {
    return request("time", world::instant);
  }

  @Override
  public String description() {
    return "the simulated store";
  }
}
