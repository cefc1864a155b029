// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * The contract of a {@link PartitionStore} as tests: extend this class to test a store of your own.
 * JUnit Jupiter runs the tests; they need {@code assertj-core} on the class path.
 */
public abstract class PartitionStoreContract {

  /** The namespace of the partitions here, with capitals. */
  protected static final String NAMESPACE = "My-Namespace.servicebus.windows.net";

  /** The event hub of the partitions here, with a capital. */
  protected static final String HUB = "Orders";

  /** The consumer group of the partitions here. */
  protected static final String GROUP = "$Default";

  /** An empty store; the same one during a test. */
  protected abstract PartitionStore store();

  /** Moves the store's clock forward by whole seconds, or waits for that time. */
  protected abstract void passTime(Duration time);

  /** The age of records in the tests; 90 seconds. Choose less for a store that has to wait. */
  protected Duration testedAge() {
    return Duration.ofSeconds(90);
  }

  @Test
  public final void whatWasNeverWrittenIsAbsent() {
    assertThat(get(store().readOwnership(partition("0")))).isEmpty();
    assertThat(get(store().readCheckpoint(partition("0")))).isEmpty();
    assertThat(get(store().listOwnerships(NAMESPACE, HUB, GROUP))).isEmpty();
    assertThat(get(store().listCheckpoints(NAMESPACE, HUB, GROUP))).isEmpty();
  }

  @Test
  public final void anOwnershipIsReadAsItWasCreated() {
    StoredOwnership created = createdOwnership("0", "node-a", Map.of("pekkoclaim", "token"));

    assertThat(created.partition()).isEqualTo(partition("0"));
    assertThat(created.ownerId()).isEqualTo("node-a");
    assertThat(created.entries()).isEqualTo(Map.of("pekkoclaim", "token"));
    assertThat(get(store().readOwnership(partition("0"))).map(PartitionStoreContract::written))
        .contains(written(created));
    assertThat(get(store().listOwnerships(NAMESPACE, HUB, GROUP)))
        .extracting(PartitionStoreContract::written)
        .containsExactly(written(created));
  }

  @Test
  public final void anOwnershipIsCreatedOnce() {
    StoredOwnership created = createdOwnership("0", "node-a", Map.of());

    assertThat(get(store().createOwnership(partition("0"), "node-b", Map.of()))).isEmpty();
    assertThat(get(store().readOwnership(partition("0"))).map(PartitionStoreContract::written))
        .contains(written(created));
  }

  @Test
  public final void anOwnershipIsReplacedOnlyInTheVersionNamed() {
    StoredOwnership created = createdOwnership("0", "node-a", Map.of("x", "1"));

    StoredOwnership replaced =
        get(store().replaceOwnership(created, "node-b", Map.of("y", "2"))).orElseThrow();

    assertThat(replaced.version()).isNotEqualTo(created.version());
    assertThat(replaced.entries()).isEqualTo(Map.of("y", "2"));
    assertThat(get(store().replaceOwnership(created, "node-c", Map.of()))).isEmpty();
    assertThat(get(store().readOwnership(partition("0"))).orElseThrow().ownerId())
        .isEqualTo("node-b");
  }

  @Test
  public final void replacingAnOwnershipByItselfGivesItANewVersion() {
    StoredOwnership created = createdOwnership("0", "node-a", Map.of("x", "1"));

    StoredOwnership touched =
        get(store().replaceOwnership(created, "node-a", created.entries())).orElseThrow();

    assertThat(touched.version()).isNotEqualTo(created.version());
  }

  @Test
  public final void aReleasedOwnershipIsReadAndListedWithoutAnOwner() {
    StoredOwnership created = createdOwnership("0", "node-a", Map.of("x", "1"));

    get(store().replaceOwnership(created, "", Map.of()));

    assertThat(get(store().readOwnership(partition("0"))).orElseThrow().isReleased()).isTrue();
    assertThat(get(store().listOwnerships(NAMESPACE, HUB, GROUP)))
        .singleElement()
        .matches(StoredOwnership::isReleased);
  }

  @Test
  public final void anOwnershipAgesByTheStoresClock() {
    long start = System.nanoTime();
    Instant before = get(store().serverTime());
    StoredOwnership created = createdOwnership("0", "node-a", Map.of());
    assertThat(created.age()).isLessThan(toleranceSince(start));

    passTime(testedAge());

    StoredOwnership read = get(store().readOwnership(partition("0"))).orElseThrow();
    assertThat(read.age())
        .isBetween(testedAge().minusSeconds(1), testedAge().plus(toleranceSince(start)));
    StoredOwnership listed = get(store().listOwnerships(NAMESPACE, HUB, GROUP)).get(0);
    assertThat(listed.age()).isBetween(read.age(), read.age().plus(toleranceSince(start)));
    assertThat(Duration.between(before, get(store().serverTime())))
        .isBetween(testedAge().minusSeconds(1), testedAge().plus(toleranceSince(start)));
  }

  /** The clocks of some stores run on while a slow machine is busy. */
  private static Duration toleranceSince(long startNanos) {
    return Duration.ofSeconds(5).plusNanos(System.nanoTime() - startNanos);
  }

  @Test
  public final void aCheckpointIsReadAsItWasCreated() {
    Map<String, String> entries =
        Map.of("sequencenumber", "41", "offset", "3:128:78", "note", "", "gaps", "a b");

    StoredCheckpoint created = get(store().createCheckpoint(partition("0"), entries)).orElseThrow();

    assertThat(created.entries()).isEqualTo(entries);
    assertThat(get(store().readCheckpoint(partition("0")))).contains(created);
    assertThat(get(store().listCheckpoints(NAMESPACE, HUB, GROUP))).isEqualTo(Map.of("0", created));
  }

  @Test
  public final void aCheckpointIsCreatedOnceAndReplacedOnlyInTheVersionNamed() {
    StoredCheckpoint created =
        get(store().createCheckpoint(partition("0"), StoredCheckpoint.entriesOf(1, "o1")))
            .orElseThrow();
    assertThat(get(store().createCheckpoint(partition("0"), StoredCheckpoint.entriesOf(2, "o2"))))
        .isEmpty();

    StoredCheckpoint replaced =
        get(store()
                .replaceCheckpoint(
                    partition("0"), StoredCheckpoint.entriesOf(3, "o3"), created.version()))
            .orElseThrow();

    assertThat(
            get(
                store()
                    .replaceCheckpoint(
                        partition("0"), StoredCheckpoint.entriesOf(4, "o4"), created.version())))
        .isEmpty();
    assertThat(get(store().readCheckpoint(partition("0")))).contains(replaced);
  }

  @Test
  public final void anAbsentCheckpointIsNotReplaced() {
    assertThat(
            get(
                store()
                    .replaceCheckpoint(
                        partition("0"), StoredCheckpoint.entriesOf(1, "o1"), "0x8DABC")))
        .isEmpty();
    assertThat(get(store().readCheckpoint(partition("0")))).isEmpty();
  }

  @Test
  public final void keysAreInLowerCase() {
    get(store().createCheckpoint(partition("0"), Map.of("SequenceNumber", "5", "Offset", "o5")));

    assertThat(get(store().readCheckpoint(partition("0"))).orElseThrow().entries())
        .isEqualTo(StoredCheckpoint.entriesOf(5, "o5"));
  }

  @Test
  public final void partitionsHubsAndGroupsDoNotMix() {
    createdOwnership("0", "node-a", Map.of());
    createdOwnership("1", "node-b", Map.of());
    EventHubPartition elsewhere = new EventHubPartition(NAMESPACE, HUB, "other", "0");
    get(store().createOwnership(elsewhere, "node-c", Map.of()));

    assertThat(get(store().listOwnerships(NAMESPACE, HUB, GROUP)))
        .extracting(ownership -> ownership.partition() + "=" + ownership.ownerId())
        .containsExactlyInAnyOrder(partition("0") + "=node-a", partition("1") + "=node-b");
    assertThat(get(store().listOwnerships(NAMESPACE, HUB, "other"))).hasSize(1);
    assertThat(get(store().listOwnerships(NAMESPACE, "Order", GROUP))).isEmpty();
  }

  @Test
  public final void ofManyWhoClaimAtOnceExactlyOneWins() {
    StoredOwnership created = createdOwnership("0", "", Map.of());
    for (int round = 0; round < 10; round++) {
      EventHubPartition fresh = partition("fresh" + round);
      List<CompletableFuture<Optional<StoredOwnership>>> creations = new ArrayList<>();
      List<CompletableFuture<Optional<StoredOwnership>>> replacements = new ArrayList<>();
      for (int claimant = 0; claimant < 6; claimant++) {
        String ownerId = "node-" + claimant;
        creations.add(store().createOwnership(fresh, ownerId, Map.of()).toCompletableFuture());
        replacements.add(
            store().replaceOwnership(created, ownerId, Map.of()).toCompletableFuture());
      }
      assertThat(winners(creations))
          .extracting(PartitionStoreContract::written)
          .containsExactly(written(get(store().readOwnership(fresh)).orElseThrow()));
      List<StoredOwnership> won = winners(replacements);
      assertThat(won).hasSize(1);
      created = won.get(0);
    }
  }

  private static List<StoredOwnership> winners(
      List<CompletableFuture<Optional<StoredOwnership>>> claims) {
    return claims.stream().flatMap(claim -> get(claim).stream()).toList();
  }

  /** The record without the time at which it was read. */
  private static StoredOwnership written(StoredOwnership ownership) {
    return new StoredOwnership(
        ownership.partition(),
        ownership.ownerId(),
        ownership.entries(),
        ownership.version(),
        ownership.lastModified(),
        ownership.lastModified());
  }

  /** A record that was created now. */
  protected final StoredOwnership createdOwnership(
      String partitionId, String ownerId, Map<String, String> entries) {
    return get(store().createOwnership(partition(partitionId), ownerId, entries)).orElseThrow();
  }

  /** A partition of the names above. */
  protected static EventHubPartition partition(String partitionId) {
    return new EventHubPartition(NAMESPACE, HUB, GROUP, partitionId);
  }

  /** Waits for a result, for up to 10 seconds, and throws what it failed with. */
  public static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }
}
