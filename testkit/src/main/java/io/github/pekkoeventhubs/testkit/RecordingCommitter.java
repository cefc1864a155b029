// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.TrackedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Replaces the checkpoints of a stream under test: it gives out offsets and events, records which
 * of them a {@code Committer} stores and in which order, and fails, delays or fences commits on
 * command. No service is involved.
 *
 * <pre>{@code
 * RecordingCommitter committer = RecordingCommitter.create();
 * Source.from(List.of(committer.offset("0", 1), committer.offset("0", 2)))
 *     .runWith(Committer.sink(settings), system).toCompletableFuture().join();
 * assertThat(committer.committed("0")).hasValue(2);
 * }</pre>
 *
 * <p>A commit stores what has been acknowledged when it begins: with {@link
 * Acknowledgement#ORDERED} the highest offset, with {@link Acknowledgement#UNORDERED} the highest
 * one before which none that was given out is missing. Safe to use from any thread.
 */
public final class RecordingCommitter {

  /** The event hub of partitions that are named by their id alone. */
  static final String EVENT_HUB = "event-hub";

  private static final String NAMESPACE = "testkit.servicebus.windows.net";
  private static final String CONSUMER_GROUP = "$Default";

  /**
   * One checkpoint that was stored.
   *
   * @param metadata the entries that {@link CommittableOffset#withMetadata} has added
   */
  public record Commit(
      EventHubPartition partition,
      long sequenceNumber,
      String offset,
      Map<String, String> metadata) {}

  /** A step that may delay or fail a commit before it is stored. */
  @FunctionalInterface
  private interface Obstacle {
    CompletionStage<CommitOutcome> hinder(CompletableFuture<CommitOutcome> proceed);
  }

  private final Acknowledgement acknowledgement;

  // Guarded by this.
  private final Map<EventHubPartition, RecordedEpoch> epochs = new HashMap<>();
  private final List<Commit> commits = new ArrayList<>();
  private final List<CommittableOffset> acknowledged = new ArrayList<>();
  private final List<PlannedObstacle> obstacles = new ArrayList<>();
  private long epochNumber;

  private RecordingCommitter(Acknowledgement acknowledgement) {
    this.acknowledgement = acknowledgement;
  }

  /** A committer for offsets that are acknowledged in order, which is the connector's default. */
  public static RecordingCommitter create() {
    return create(Acknowledgement.ORDERED);
  }

  /** A committer for offsets that are acknowledged in this way. */
  public static RecordingCommitter create(Acknowledgement acknowledgement) {
    return new RecordingCommitter(acknowledgement);
  }

  /** A partition of the event hub that is meant where only an id is given. */
  public static EventHubPartition partition(String partitionId) {
    return new EventHubPartition(NAMESPACE, EVENT_HUB, CONSUMER_GROUP, partitionId);
  }

  /** The offset of an event of {@link #partition(String)}. */
  public CommittableOffset offset(String partitionId, long sequenceNumber) {
    return offset(partition(partitionId), sequenceNumber);
  }

  /** The offset of an event; its opaque string is {@code offset-<sequence number>}. */
  public CommittableOffset offset(EventHubPartition partition, long sequenceNumber) {
    return offset(partition, sequenceNumber, "offset-" + sequenceNumber);
  }

  /** The offset of an event. */
  public synchronized CommittableOffset offset(
      EventHubPartition partition, long sequenceNumber, String offset) {
    RecordedEpoch epoch = epoch(partition);
    epoch.given(sequenceNumber);
    return new CommittableOffset(epoch, sequenceNumber, offset);
  }

  /** An event of {@link #partition(String)} with this body, enqueued at the beginning of 1970. */
  public CommittableEvent event(String partitionId, long sequenceNumber, String body) {
    CommittableOffset offset = offset(partitionId, sequenceNumber);
    return new CommittableEvent(
        ConsumerResultFactory.partitionEvent(
            offset.partition(), sequenceNumber, offset.offset(), Instant.EPOCH, body),
        offset);
  }

  /** The checkpoints that were stored, of all partitions, in their order. A copy. */
  public synchronized List<Commit> commits() {
    return List.copyOf(commits);
  }

  /** The sequence numbers that were stored for this partition, in their order. A copy. */
  public List<Long> commits(String partitionId) {
    return commits().stream()
        .filter(commit -> commit.partition().partitionId().equals(partitionId))
        .map(Commit::sequenceNumber)
        .toList();
  }

  /** The sequence number of the partition's checkpoint, if there is one. */
  public OptionalLong committed(String partitionId) {
    List<Long> numbers = commits(partitionId);
    return numbers.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(numbers.get(numbers.size() - 1));
  }

  /** The offsets that were acknowledged, stored or not, in their order. A copy. */
  public synchronized List<CommittableOffset> acknowledged() {
    return List.copyOf(acknowledged);
  }

  /** How many running committers have seen an offset of the partition. */
  public synchronized int committers(String partitionId) {
    return epochs.values().stream()
        .filter(epoch -> epoch.partition().partitionId().equals(partitionId))
        .mapToInt(RecordedEpoch::committers)
        .sum();
  }

  /**
   * Fails the next commits, of whatever partition, as a store that keeps refusing does: with a
   * {@link CheckpointWriteException}. Hits count commits.
   */
  public FaultHandle failNext(int times) {
    return obstruct(
        times,
        proceed ->
            CompletableFuture.failedFuture(
                new CheckpointWriteException("the commit is refused by a fault")));
  }

  /**
   * Delays all commits by this time of the system's clock, until the handle is cancelled. Hits
   * count commits.
   */
  public FaultHandle delay(Duration duration) {
    return obstruct(
        Integer.MAX_VALUE,
        proceed -> {
          CompletableFuture.delayedExecutor(duration.toNanos(), TimeUnit.NANOSECONDS)
              .execute(() -> proceed.complete(CommitOutcome.COMMITTED));
          return proceed;
        });
  }

  /** Holds all commits until the handle is cancelled, and stores them then. Hits count commits. */
  public FaultHandle hold() {
    CompletableFuture<CommitOutcome> released = new CompletableFuture<>();
    FaultHandle fault =
        obstruct(Integer.MAX_VALUE, proceed -> released.thenCompose(outcome -> proceed(proceed)));
    return new FaultHandle(
        fault::hits,
        () -> {
          fault.cancel();
          released.complete(CommitOutcome.COMMITTED);
        });
  }

  private static CompletionStage<CommitOutcome> proceed(CompletableFuture<CommitOutcome> commit) {
    commit.complete(CommitOutcome.COMMITTED);
    return commit;
  }

  /**
   * Somebody else owns the partition from now on: commits of the offsets given out so far are
   * dropped. Offsets that are given out after the handle was cancelled belong to a new epoch of
   * ownership, and can be committed again. Hits count dropped commits.
   */
  public synchronized FaultHandle fence(String partitionId) {
    EventHubPartition partition = partition(partitionId);
    RecordedEpoch fenced = epoch(partition);
    fenced.end();
    return new FaultHandle(fenced::dropped, () -> forget(partition, fenced));
  }

  /** The partition is handed over: running committers store each acknowledgement at once. */
  public void drain(String partitionId) {
    RecordedEpoch epoch;
    synchronized (this) {
      epoch = epoch(partition(partitionId));
    }
    epoch.startDraining();
  }

  private synchronized void forget(EventHubPartition partition, RecordedEpoch fenced) {
    epochs.remove(partition, fenced);
  }

  private RecordedEpoch epoch(EventHubPartition partition) {
    return epochs.computeIfAbsent(
        partition,
        absent -> new RecordedEpoch(new Recording(), partition, ++epochNumber, acknowledgement));
  }

  private synchronized CommitOutcome store(RecordedEpoch epoch, TrackedEvent position) {
    if (epoch.isOver()) {
      return epoch.drop();
    }
    if (epoch.stored(position)) {
      commits.add(
          new Commit(
              epoch.partition(),
              position.sequenceNumber(),
              position.offset(),
              position.metadata()));
    }
    return CommitOutcome.COMMITTED;
  }

  private synchronized Obstacle nextObstacle() {
    Obstacle next = RecordingCommitter::proceed;
    for (PlannedObstacle planned : obstacles) {
      if (planned.strike()) {
        next = planned.obstacle;
        break;
      }
    }
    obstacles.removeIf(PlannedObstacle::isSpent);
    return next;
  }

  private synchronized FaultHandle obstruct(int times, Obstacle obstacle) {
    PlannedObstacle planned = new PlannedObstacle(times, obstacle);
    obstacles.add(planned);
    return new FaultHandle(planned.hits::get, () -> planned.remaining.set(0));
  }

  private final class Recording implements RecordedEpoch.Journal {

    @Override
    public void acknowledged(TrackedEvent event) {
      synchronized (RecordingCommitter.this) {
        // The epochs are told of the offsets that this has given out, and of nothing else.
        acknowledged.add((CommittableOffset) event);
      }
    }

    @Override
    public CompletionStage<CommitOutcome> commit(RecordedEpoch epoch, TrackedEvent position) {
      CompletableFuture<CommitOutcome> proceed = new CompletableFuture<>();
      CompletionStage<CommitOutcome> hindered = nextObstacle().hinder(proceed);
      return hindered.thenApply(outcome -> store(epoch, position));
    }
  }

  private static final class PlannedObstacle {
    private final AtomicInteger remaining;
    private final AtomicLong hits = new AtomicLong();
    private final Obstacle obstacle;

    PlannedObstacle(int times, Obstacle obstacle) {
      this.remaining = new AtomicInteger(times);
      this.obstacle = obstacle;
    }

    boolean isSpent() {
      return remaining.get() == 0;
    }

    boolean strike() {
      if (remaining.getAndUpdate(times -> Math.max(0, times - 1)) == 0) {
        return false;
      }
      hits.incrementAndGet();
      return true;
    }
  }
}
