// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static java.util.concurrent.CompletableFuture.completedStage;
import static java.util.concurrent.CompletableFuture.failedStage;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredOwnership;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * Claims, keeps and releases partitions by compare-and-set on their ownership records. The claim's
 * token alone decides whether a record is still ours. With the owner's id, an earlier claim of the
 * same owner would count as this one. With the version, a renewal whose reply was lost, or a
 * neighbour's request to hand over, would look like a loss.
 *
 * <p>After a failure the ownership is unknown, since the write may have been applied: call the
 * method again. This class repeats a write only if the store has refused it because of its version
 * and the record is of no other claim.
 *
 * <p>Thread-safe; stages complete on the store's threads.
 */
@InternalApi
public final class OwnershipProtocol {

  /**
   * The most refusals in a row without another claim as the cause: somebody keeps writing to the
   * record.
   */
  private static final int MAX_ROUNDS = 5;

  private final PartitionStore store;
  private final Supplier<String> tokens;

  /** With random tokens. */
  public OwnershipProtocol(PartitionStore store) {
    this(store, () -> UUID.randomUUID().toString());
  }

  OwnershipProtocol(PartitionStore store, Supplier<String> tokens) {
    this.store = store;
    this.tokens = tokens;
  }

  /** Reads a partition's ownership record; empty if there is none. */
  public CompletionStage<Optional<StoredOwnership>> lookUp(EventHubPartition partition) {
    return Stages.starting(() -> store.readOwnership(partition));
  }

  /**
   * Claims a partition whose record allows it; whether it does is the caller's decision. A store
   * that refuses the claim although the record is still the one that was seen has not lost it to
   * somebody faster: that fails with a {@link PartitionStoreException} that may pass.
   *
   * @param seen the record on which that decision was made; empty if there was none
   */
  public CompletionStage<ClaimOutcome> claim(
      EventHubPartition partition, Optional<StoredOwnership> seen, String ownerId) {
    return claim(partition, seen, ownerId, Map.of());
  }

  /**
   * The same with further entries.
   *
   * @param signature the entries that the claim carries beside its token
   */
  public CompletionStage<ClaimOutcome> claim(
      EventHubPartition partition,
      Optional<StoredOwnership> seen,
      String ownerId,
      Map<String, String> signature) {
    String token = tokens.get();
    Map<String, String> entries =
        FencingTokens.with(
            with(signature, StoredOwnership.CLAIM_TOKEN, token), FencingTokens.ofClaim(seen));
    CompletionStage<Optional<StoredOwnership>> write =
        Stages.starting(
            () ->
                seen.isPresent()
                    ? store.replaceOwnership(seen.get(), ownerId, entries)
                    : store.createOwnership(partition, ownerId, entries));
    return Stages.recovering(
        write.thenCompose(
            claimed ->
                claimed.isPresent()
                    ? completedStage(held(token, claimed.get()))
                    : refused(partition, seen, token)),
        failure -> claimAfterFailure(partition, token, failure));
  }

  private CompletionStage<ClaimOutcome> refused(
      EventHubPartition partition, Optional<StoredOwnership> seen, String token) {
    return read(partition, token)
        .thenCompose(
            outcome ->
                outcome instanceof ClaimOutcome.Lost lost && isSame(seen, lost.current())
                    ? failedStage(refusedWithoutRival(partition))
                    : completedStage(outcome));
  }

  private static boolean isSame(Optional<StoredOwnership> seen, Optional<StoredOwnership> current) {
    return seen.map(StoredOwnership::version).equals(current.map(StoredOwnership::version));
  }

  private PartitionStoreException refusedWithoutRival(EventHubPartition partition) {
    return new PartitionStoreException(
        store.description()
            + " has refused the claim of "
            + partition
            + " although its record is still the one that was read, so that nobody else was faster:"
            + " look for a policy, or a service in between, that refuses writes",
        null,
        true);
  }

  /**
   * Renews a claim: writes its record again as it is, so that its age by the store's clock starts
   * anew.
   */
  public CompletionStage<ClaimOutcome> renew(OwnershipClaim claim) {
    return renew(claim, Map.of());
  }

  /**
   * The same, and adds entries that were not known when the partition was claimed.
   *
   * @param signature replaces the entries of these keys
   */
  public CompletionStage<ClaimOutcome> renew(OwnershipClaim claim, Map<String, String> signature) {
    return replaceWhileHeld(
            claim,
            current -> {
              Map<String, String> entries = entriesOf(current);
              entries.putAll(signature);
              return store.replaceOwnership(current, current.ownerId(), entries);
            },
            MAX_ROUNDS)
        .thenApply(
            replacement ->
                replacement.written().isPresent()
                    ? new ClaimOutcome.Held(claim.adopting(replacement.written().get()))
                    : new ClaimOutcome.Lost(replacement.foreign()));
  }

  /** Reads whether the claim still stands, and adopts the record's newest version if so. */
  public CompletionStage<ClaimOutcome> verify(OwnershipClaim claim) {
    return read(claim.partition(), claim.claimToken());
  }

  /**
   * Gives the partition up: the record stays, without an owner and without the token. A request to
   * hand over stays, so that others leave the partition to the neighbour that asked; and so does
   * the number from which the next claim counts its fencing token.
   */
  public CompletionStage<ReleaseOutcome> release(OwnershipClaim claim) {
    return replaceWhileHeld(
            claim,
            current ->
                store.replaceOwnership(
                    current, "", FencingTokens.with(request(current), current.fencingToken())),
            MAX_ROUNDS)
        .thenApply(
            replacement ->
                // A record without an owner counts as released by this call: the reply of an
                // earlier attempt may have been lost.
                replacement.written().or(replacement::foreign).stream()
                        .anyMatch(StoredOwnership::isReleased)
                    ? ReleaseOutcome.RELEASED
                    : ReleaseOutcome.NOT_OWNER);
  }

  /**
   * Asks the owner of a partition to hand it over. The owner finds the request when it renews. The
   * request renews the record's age, so the process that asks must not wait for the record to
   * expire.
   *
   * @param seen the owner's record
   * @param requesterId the id of the process that asks
   * @return the record with the request, or empty if it is not the one that was seen any more
   */
  public CompletionStage<Optional<StoredOwnership>> requestHandOver(
      StoredOwnership seen, String requesterId) {
    Map<String, String> entries = entriesOf(seen);
    entries.put(StoredOwnership.HAND_OVER_REQUEST, requesterId);
    return Stages.starting(() -> store.replaceOwnership(seen, seen.ownerId(), entries));
  }

  /**
   * Takes a request to hand over back, or refuses it. Nobody loses the partition by this.
   *
   * @param seen the owner's record
   * @return the record without the request, or empty if it is not the one that was seen any more
   */
  public CompletionStage<Optional<StoredOwnership>> eraseRequest(StoredOwnership seen) {
    Map<String, String> entries = entriesOf(seen);
    entries.remove(StoredOwnership.HAND_OVER_REQUEST);
    return Stages.starting(() -> store.replaceOwnership(seen, seen.ownerId(), entries));
  }

  /** The entries of a claim that goes on, with the time at which it was made. */
  private static Map<String, String> entriesOf(StoredOwnership current) {
    Map<String, String> entries = new TreeMap<>(current.entries());
    current
        .claimedSince()
        .ifPresent(
            since ->
                entries.putIfAbsent(
                    StoredOwnership.CLAIMED_SINCE, Long.toString(since.toEpochMilli())));
    return entries;
  }

  private static Map<String, String> with(Map<String, String> entries, String key, String value) {
    Map<String, String> all = new TreeMap<>(entries);
    all.put(key, value);
    return all;
  }

  private static Map<String, String> request(StoredOwnership record) {
    return record
        .handOverRequester()
        .map(requester -> Map.of(StoredOwnership.HAND_OVER_REQUEST, requester))
        .orElse(Map.of());
  }

  /** The result of a conditional write: the record written, or the current one of another owner. */
  private record Replacement(
      Optional<StoredOwnership> written, Optional<StoredOwnership> foreign) {}

  private CompletionStage<Replacement> replaceWhileHeld(
      OwnershipClaim claim,
      Function<StoredOwnership, CompletionStage<Optional<StoredOwnership>>> write,
      int rounds) {
    return Stages.starting(() -> write.apply(claim.record()))
        .thenCompose(
            written ->
                written.isPresent()
                    ? completedStage(new Replacement(written, Optional.empty()))
                    : replaceNewerVersion(claim, write, rounds - 1));
  }

  private CompletionStage<Replacement> replaceNewerVersion(
      OwnershipClaim claim,
      Function<StoredOwnership, CompletionStage<Optional<StoredOwnership>>> write,
      int rounds) {
    if (rounds == 0) {
      return failedStage(
          new PartitionStoreException(
              "the ownership record of "
                  + claim.partition()
                  + " in "
                  + store.description()
                  + " changed before each of "
                  + MAX_ROUNDS
                  + " attempts to write it",
              null,
              true));
    }
    return read(claim.partition(), claim.claimToken())
        .thenCompose(
            outcome ->
                outcome instanceof ClaimOutcome.Held held
                    ? replaceWhileHeld(held.claim(), write, rounds)
                    : completedStage(
                        new Replacement(
                            Optional.empty(), ((ClaimOutcome.Lost) outcome).current())));
  }

  /**
   * The write may have been applied although it failed. If reading cannot tell, it counts as
   * failed.
   */
  private CompletionStage<ClaimOutcome> claimAfterFailure(
      EventHubPartition partition, String token, Throwable failure) {
    return Stages.recovering(
            read(partition, token),
            unreadable -> completedStage(new ClaimOutcome.Lost(Optional.empty())))
        .thenCompose(
            outcome ->
                outcome instanceof ClaimOutcome.Held
                    ? completedStage(outcome)
                    : failedStage(failure));
  }

  private CompletionStage<ClaimOutcome> read(EventHubPartition partition, String token) {
    return Stages.starting(() -> store.readOwnership(partition))
        .thenApply(
            current ->
                current.filter(record -> record.isClaimedWith(token)).isPresent()
                    ? held(token, current.get())
                    : new ClaimOutcome.Lost(current));
  }

  private static ClaimOutcome held(String token, StoredOwnership record) {
    return new ClaimOutcome.Held(new OwnershipClaim(token, record));
  }
}
