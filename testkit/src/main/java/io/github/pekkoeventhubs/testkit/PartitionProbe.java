// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches one partition of a {@link TestEventHub}: its stored checkpoint and owner and, {@linkplain
 * #of(Consumer.Control) with a running stream}, its status in that stream. The methods that wait do
 * so for up to 20 seconds, unless {@linkplain #within another time} is set, and fail with an {@link
 * AssertionError} that shows the actual state. Immutable.
 */
public final class PartitionProbe {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ProbedEventHub eventHub;
  private final EventHubPartition partition;
  private final Consumer.@Nullable Control control;
  private final Duration patience;

  PartitionProbe(ProbedEventHub eventHub, EventHubPartition partition) {
    this(eventHub, partition, null, PATIENCE);
  }

  private PartitionProbe(
      ProbedEventHub eventHub,
      EventHubPartition partition,
      Consumer.@Nullable Control control,
      Duration patience) {
    this.eventHub = eventHub;
    this.partition = partition;
    this.control = control;
    this.patience = patience;
  }

  /** Watches what this stream does with the partition, too. */
  public PartitionProbe of(Consumer.Control stream) {
    return new PartitionProbe(eventHub, partition, stream, patience);
  }

  /** Waits for so long at most. */
  public PartitionProbe within(Duration newPatience) {
    return new PartitionProbe(eventHub, partition, control, newPatience);
  }

  /** The partition as checkpoints and status name it. */
  public EventHubPartition id() {
    return partition;
  }

  /** The sequence number that is stored, if anything was processed; asks the store. */
  public OptionalLong checkpoint() {
    return checkpoints().checkpoint(partition.partitionId());
  }

  /** The sequence number of the last event; -1 if there is none. */
  public long lastSequenceNumber() {
    return eventHub.lastSequenceNumber(partition.partitionId());
  }

  /** The checkpoints of all partitions. */
  public CheckpointProbe checkpoints() {
    return new CheckpointProbe(eventHub);
  }

  /**
   * Returns the id of the owner that has claimed the partition and not released it; asks the store.
   */
  public Optional<String> owner() {
    return Waiting.forAnswer(eventHub.partitionStore().readOwnership(partition))
        .map(StoredOwnership::ownerId)
        .filter(Predicate.not(String::isEmpty));
  }

  /**
   * Returns the status of the partition in the stream; empty while the stream does not have the
   * partition.
   */
  public Optional<PartitionStatus> status() {
    return Optional.ofNullable(stream().status().partitions().get(partition.partitionId()));
  }

  /** Waits until the stream owns the partition and receives. */
  public PartitionProbe awaitAssigned() {
    return await("is not assigned", () -> isIn(OwnerState.RUNNING), this::status);
  }

  /** Waits until the stream has given the partition up, or lost it. */
  public PartitionProbe awaitRevoked() {
    return await(
        "is not revoked",
        () -> status().isEmpty() || isIn(OwnerState.RELEASED) || isIn(OwnerState.LOST),
        this::status);
  }

  /** Waits until the stream has emitted this event or a later one. */
  public PartitionProbe awaitPosition(long sequenceNumber) {
    return await(
        "is not at " + sequenceNumber,
        () -> has(status().map(PartitionStatus::emitted), sequenceNumber),
        this::status);
  }

  /** Waits until the stream has acknowledged this event or a later one. */
  public PartitionProbe awaitAcknowledged(long sequenceNumber) {
    return await(
        "is not acknowledged up to " + sequenceNumber,
        () -> has(status().map(PartitionStatus::acknowledged), sequenceNumber),
        this::status);
  }

  /** Waits until the stored checkpoint is this one or a later one. */
  public PartitionProbe awaitCheckpoint(long sequenceNumber) {
    return await(
        "has no checkpoint " + sequenceNumber,
        () -> checkpoint().orElse(-1) >= sequenceNumber,
        () -> checkpoint().stream().boxed().findFirst());
  }

  /** Waits until the stored record says that nobody owns the partition. */
  public PartitionProbe awaitReleased() {
    return await("is not released", () -> owner().isEmpty(), this::owner);
  }

  /** Waits until the stored record names an owner. */
  public PartitionProbe awaitOwner() {
    return await("is owned by nobody", () -> owner().isPresent(), this::owner);
  }

  private boolean isIn(OwnerState state) {
    return status().filter(status -> status.state() == state).isPresent();
  }

  private boolean has(Optional<OptionalLong> position, long sequenceNumber) {
    long first = eventHub.firstNumber(partition.partitionId());
    return position.orElse(OptionalLong.empty()).orElse(-1) - first >= sequenceNumber;
  }

  private PartitionProbe await(
      String failure, BooleanSupplier condition, Supplier<Optional<?>> actual) {
    Waiting.until(
        patience,
        condition,
        () ->
            "Partition "
                + partition
                + " "
                + failure
                + " within "
                + DurationText.of(patience)
                + ". Found: "
                + actual.get().map(Object::toString).orElse("nothing"));
    return this;
  }

  private Consumer.Control stream() {
    if (control == null) {
      throw new IllegalStateException(
          "Name the stream first: hub.partition(\"" + partition.partitionId() + "\").of(control)");
    }
    return control;
  }
}
