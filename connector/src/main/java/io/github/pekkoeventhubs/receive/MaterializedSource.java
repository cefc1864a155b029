// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.PartitionIds;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.PartitionMoves;
import io.github.pekkoeventhubs.StoreRequestCounters;
import io.github.pekkoeventhubs.continuity.ReadStart;
import io.github.pekkoeventhubs.ownership.LivePartitionStatus;
import io.github.pekkoeventhubs.ownership.PartitionRun;
import io.github.pekkoeventhubs.ownership.PartitionSession;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.store.GuardedPartitionStore;
import io.github.pekkoeventhubs.threads.FatalErrors;
import io.github.pekkoeventhubs.threads.OwnThreads;
import io.github.pekkoeventhubs.tracing.BoundTracing;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One materialised source: the bridge between its stage, which lives on the stream's thread, and
 * the owners of its partitions. Thread-safe.
 */
final class MaterializedSource implements StreamOfGroup {

  /** The stage behind the stream. Each call is passed on to the thread of the stage. */
  interface Stage {
    void begin(PartitionIntake intake);

    void finish(PartitionIntake intake);

    void fail(Throwable error);
  }

  /** The placement has not answered yet. */
  private static final int NOT_PLACED = -1;

  private final String id;
  private final ConsumerSettings settings;
  private final EventHubService clients;
  private final ServiceErrors errors;
  private final boolean committable;
  private final Optional<ManualPositions> manualPositions;
  private final Optional<ActorRef<PartitionLifecycle>> listener;
  private final BoundTracing tracing;
  private final Stage stage;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Map<String, LivePartitionStatus> statuses = new ConcurrentHashMap<>();

  private final ReceiverSource receivers;
  private final @Nullable BoundedReading bounds;

  private volatile Runnable noMoreFatalErrors = () -> {};

  private volatile boolean paused;

  private volatile int placed = NOT_PLACED;

  private volatile OptionalInt hubPartitions = OptionalInt.empty();

  private final StoreRequestCounters storeRequests = new StoreRequestCounters();

  // Guarded by this.
  private final Set<PartitionIntake> intakes = new LinkedHashSet<>();
  private final Set<PartitionSession> beingDrained = new LinkedHashSet<>();
  private boolean ended;

  MaterializedSource(
      String id,
      ConsumerSettings settings,
      EventHubService clients,
      boolean committable,
      Optional<ManualPositions> manualPositions,
      Optional<ActorRef<PartitionLifecycle>> listener,
      BoundTracing tracing,
      Stage stage,
      @Nullable BoundedReading bounds,
      LongSupplier nanoTime,
      InstantSource clock) {
    this.id = id;
    this.settings =
        settings
            .partitionStore()
            .map(
                store ->
                    settings.withPartitionStore(
                        GuardedPartitionStore.guarding(store, storeRequests)))
            .orElse(settings);
    this.clients = clients;
    this.errors =
        new ServiceErrors(clients.namespace(), clients.eventHub(), settings.consumerGroup());
    this.committable = committable;
    this.manualPositions = manualPositions;
    this.listener = listener;
    this.tracing = tracing;
    this.stage = stage;
    this.bounds = bounds;
    this.receivers = new ClientReceivers(clients, bounds, errors);
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  @Override
  public String id() {
    return id;
  }

  SourceName sourceName() {
    return new SourceName(clients.namespace(), clients.eventHub(), settings.consumerGroup());
  }

  @Override
  public ConsumerSettings settings() {
    return settings;
  }

  @Override
  public EventHubPartition partition(String partitionId) {
    return new EventHubPartition(
        clients.namespace(), clients.eventHub(), settings.consumerGroup(), partitionId);
  }

  @Override
  public PartitionTracing tracing(EventHubPartition partition) {
    return committable
        ? tracing.partition(partition, settings.acknowledgement())
        : PartitionTracing.NONE;
  }

  @Override
  public boolean isCommittable() {
    return committable;
  }

  @Override
  public CompletionStage<List<String>> partitionIds() {
    return clients
        .partitionIds()
        .thenApply(
            ids -> {
              hubPartitions = OptionalInt.of(ids.size());
              return ids;
            });
  }

  @Override
  public CompletionStage<PartitionProperties> partitionProperties(String partitionId) {
    return clients.partitionProperties(partitionId);
  }

  @Override
  public CompletionStage<Map<String, String>> checkpointAt(
      String partitionId, Optional<EventPosition> position) {
    return position
        .map(given -> new InitialCheckpoint(clients, partitionId).of(given))
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new InvalidSettingsException(
                        "initial-position is missing, and partition '"
                            + partitionId
                            + "' has no checkpoint to start from")));
  }

  @Override
  public CompletionStage<Optional<EventPosition>> positionOnAssign(String partitionId) {
    return manualPositions
        .map(manual -> manual.of(partition(partitionId), UserAnswer.ofAssignment(settings)))
        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
  }

  @Override
  public CompletionStage<Done> revoked(String partitionId) {
    return manualPositions
        .map(manual -> manual.revoked(partition(partitionId)))
        .orElseGet(() -> CompletableFuture.completedFuture(Done.getInstance()));
  }

  @Override
  public PartitionRun begin(PartitionSession session, ReadStart start, Runnable whenAbandoned) {
    PartitionIntake intake =
        new PartitionIntake(
            session,
            start,
            // Half of the bound in bytes for each of the two. A window may become overfull by a
            // third, and a link is replaced only when it may hold twice its bytes.
            new IntakeWindow(settings.maxBufferedEvents(), settings.maxBufferedBytes() / 8 * 3),
            new LinkPrefetch(settings.prefetchCount(), settings.maxBufferedBytes() / 4),
            receivers,
            this::finish,
            () -> paused,
            whenAbandoned,
            OwnThreads::soon,
            nanoTime);
    if (bounds != null) {
      bounds.begins(intake, start.after());
    }
    boolean running;
    synchronized (this) {
      running = !ended;
      intakes.add(intake);
    }
    if (running) {
      stage.begin(intake);
    } else {
      intake.stopUnlessAdopted();
    }
    return intake;
  }

  private void finish(PartitionIntake intake) {
    boolean running;
    synchronized (this) {
      running = !ended;
      intakes.remove(intake);
      beingDrained.removeIf(PartitionSession::isOver);
      beingDrained.add(intake.session());
    }
    // The stage need not have run since the partition began: its thread may be blocked.
    intake.stopUnlessAdopted();
    // A stage that ends between the two calls stops all intakes that it has taken.
    if (running) {
      stage.finish(intake);
    }
  }

  @Override
  public LivePartitionStatus status(String partitionId) {
    return statuses.computeIfAbsent(
        partitionId, newId -> new LivePartitionStatus(partition(newId), nanoTime, clock));
  }

  @Override
  public void placed(int partitions) {
    placed = partitions;
  }

  /**
   * Whether the stream has had its first answer: it has read a partition, or none is for it now.
   */
  boolean hasStarted() {
    return placed == 0
        || (placed > 0
            && statuses.values().stream()
                .map(LivePartitionStatus::snapshot)
                .anyMatch(
                    status -> status.claimedBy().isPresent() || status.activity().receivers() > 0));
  }

  @Override
  public void notifyListener(PartitionLifecycle notice) {
    listener.ifPresent(actor -> actor.tell(notice));
  }

  @Override
  public void fail(Throwable error) {
    stage.fail(error);
  }

  /** Checks whether the partition store can be used for the partitions of this stream. */
  CompletionStage<Done> probeStore() {
    return settings
        .partitionStore()
        .map(
            store -> store.probe(clients.namespace(), clients.eventHub(), settings.consumerGroup()))
        .orElseGet(() -> CompletableFuture.completedStage(Done.getInstance()));
  }

  /** The stage has ended: it emits nothing more from any partition. */
  void ended(boolean failed) {
    List<PartitionIntake> left;
    List<PartitionSession> sessions;
    synchronized (this) {
      ended = true;
      left = new ArrayList<>(intakes);
      sessions = new ArrayList<>(beingDrained);
    }
    for (PartitionIntake intake : left) {
      intake.stopUnlessAdopted();
      sessions.add(intake.session());
    }
    long now = nanoTime.getAsLong();
    sessions.forEach(session -> session.sourceEnded(now, failed));
  }

  /** Whether no partition is emitted here now. */
  synchronized boolean isWithoutPartitions() {
    return intakes.isEmpty();
  }

  private synchronized List<PartitionIntake> intakes() {
    return new ArrayList<>(intakes);
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    intakes().forEach(PartitionIntake::wake);
  }

  /** A snapshot of the partitions that this stream owns or is about to own. */
  ConsumerStatus status() {
    Map<String, ConsumerStatus.PartitionStatus> partitions = new LinkedHashMap<>();
    statuses.entrySet().stream()
        .filter(entry -> !entry.getValue().isReleased())
        .sorted(Map.Entry.comparingByKey(PartitionIds.ORDER))
        .forEach(entry -> partitions.put(entry.getKey(), entry.getValue().snapshot()));
    return new ConsumerStatus(
        partitions,
        settings
            .partitionStore()
            .filter(store -> !store.isFenced())
            .map(store -> store.description()),
        settings.partitionStore().flatMap(store -> store.health()),
        statuses.values().stream()
            .map(LivePartitionStatus::moves)
            .reduce(PartitionMoves.NONE, PartitionMoves::plus),
        storeRequests.requests());
  }

  /** How many partitions the service has named last; empty before its first answer. */
  OptionalInt hubPartitions() {
    return hubPartitions;
  }

  String namespace() {
    return clients.namespace();
  }

  String eventHub() {
    return clients.eventHub();
  }

  /**
   * From now on, until {@link #close}, a fatal error on a thread that it needs fails the stream.
   */
  MaterializedSource watchingForFatalErrors() {
    noMoreFatalErrors = FatalErrors.listen(error -> fail(FatalReceiveError.of(error)));
    return this;
  }

  CompletionStage<Void> close() {
    noMoreFatalErrors.run();
    return clients.close();
  }
}
