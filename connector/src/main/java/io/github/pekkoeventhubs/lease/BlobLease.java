// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.lease;

import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.RootSection;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.ClaimRelease;
import io.github.pekkoeventhubs.store.GuardedPartitionStore;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import io.github.pekkoeventhubs.store.ReleaseOutcome;
import io.github.pekkoeventhubs.store.RepeatedWrite;
import io.github.pekkoeventhubs.threads.OwnDispatcher;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.LeaseTimeoutException;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import scala.concurrent.ExecutionContext;

/**
 * Pekko's coordination lease in blob storage, above all for the split brain resolver's {@code
 * lease-majority}: with two nodes the survivor goes on, whichever of the two dies. Configured by
 * name:
 *
 * <pre>
 * pekko.cluster.split-brain-resolver {
 *   active-strategy = lease-majority
 *   lease-majority.lease-implementation = pekko.eventhubs.blob-lease
 * }
 * </pre>
 *
 * <p>A lease is claimed, renewed and released as a partition is, with a token of its own. Its age
 * is counted by the storage service's clock alone, and its holder trusts it only for {@code
 * heartbeat-timeout} from the <em>sending</em> of the last heartbeat that arrived, by its own
 * monotonic clock; so no two nodes hold it at a time, however their clocks differ. A holder that
 * was too late once has lost the lease, even if its next heartbeat arrives: it gives the lease up,
 * so that a {@link #checkLease()} that was false stays false until {@link #acquire()}. The blob is
 * {@code pekko/leases/{lease name}/ownership/0} in the container of {@code
 * pekko.eventhubs.partition-store.blob}, unless the lease's section names another one.
 *
 * <p>Passing failures of the service are tried again within {@code lease-operation-timeout}, after
 * which {@link #acquire()} and {@link #release()} fail with a {@link LeaseTimeoutException}.
 */
public final class BlobLease extends Lease {

  /** The configuration of this lease in {@code reference.conf}. */
  public static final String CONFIG_PATH = "pekko.eventhubs.blob-lease";

  private static final KeyedLog LOG = KeyedLog.of(BlobLease.class);

  /**
   * The largest error of the difference between two times of the service, which are in whole
   * seconds.
   */
  private static final Duration CLOCK_GRANULARITY = Duration.ofSeconds(1);

  private static final Duration MAX_RETRY_DELAY = Duration.ofMillis(500);

  private final LeaseSettings settings;
  private final PartitionStore store;
  private final OwnershipProtocol protocol;
  private final ClaimRelease releases;
  private final EventHubPartition record;
  private final Duration heartbeatInterval;
  private final Duration heartbeatTimeout;
  private final Duration operationTimeout;
  private final Duration retryDelay;
  private final Scheduler scheduler;
  private final ExecutionContext executionContext;
  private final LongSupplier nanoTime;
  private final AtomicReference<Phase> phase = new AtomicReference<>(new Idle());

  /** For {@code LeaseProvider}, which finds this class by its configured name. */
  public BlobLease(LeaseSettings settings, ExtendedActorSystem system) {
    this(
        settings,
        GuardedPartitionStore.guarding(
            BlobPartitionStore.fromConfig(
                BlobLeaseSection.storeOf(
                    settings.leaseConfig(),
                    RootSection.section(system, BlobPartitionStore.CONFIG_PATH)))),
        system.scheduler(),
        OwnDispatcher.of(system),
        System::nanoTime);
  }

  BlobLease(
      LeaseSettings settings,
      PartitionStore store,
      Scheduler scheduler,
      Executor executor,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.store = store;
    this.protocol = new OwnershipProtocol(store);
    this.record = new EventHubPartition("pekko", "leases", settings.leaseName(), "0");
    this.heartbeatInterval = settings.timeoutSettings().getHeartbeatInterval();
    this.heartbeatTimeout = settings.timeoutSettings().getHeartbeatTimeout();
    this.releases = new ClaimRelease(protocol, heartbeatTimeout, givingBack());
    this.operationTimeout = settings.timeoutSettings().getOperationTimeout();
    this.retryDelay = shorter(heartbeatInterval, MAX_RETRY_DELAY);
    this.scheduler = scheduler;
    this.executionContext = ExecutionContext.fromExecutor(executor);
    this.nanoTime = nanoTime;
  }

  /**
   * The present activity of this object. An answer to a request of an earlier phase changes
   * nothing.
   */
  private sealed interface Phase permits Idle, Acquiring, Holding {}

  private record Idle() implements Phase {}

  private static final class Acquiring implements Phase {}

  /**
   * A claim, and the time until which it can be trusted. A claim that has expired once is never
   * trusted again.
   */
  private static final class Holding implements Phase {
    private volatile Consumer<Optional<Throwable>> onLost;

    // Guarded by this.
    private OwnershipClaim claim;
    private long validUntil;
    private boolean expired;

    Holding(OwnershipClaim claim, long validUntil, Consumer<Optional<Throwable>> onLost) {
      this.claim = claim;
      this.validUntil = validUntil;
      this.onLost = onLost;
    }

    synchronized OwnershipClaim claim() {
      return claim;
    }

    synchronized Duration left(long now) {
      return Duration.ofNanos(validUntil - now);
    }

    synchronized boolean isValid(long now) {
      expired |= now - validUntil >= 0;
      return !expired;
    }

    /** The claim was renewed; false if that was too late, and it is only left to be released. */
    synchronized boolean renewed(OwnershipClaim renewed, long nowValidUntil, long now) {
      claim = renewed;
      if (!isValid(now)) {
        return false;
      }
      validUntil = nowValidUntil;
      return true;
    }
  }

  @Override
  public LeaseSettings getSettings() {
    return settings;
  }

  @Override
  public CompletionStage<Boolean> acquire() {
    return acquire(reason -> {});
  }

  /**
   * Takes the lease if nobody else holds it; for a holder, sets the callback.
   *
   * @param leaseLostCallback called once when the lease is lost: with the failure that kept it from
   *     being renewed in time, or with nothing if somebody else has taken it
   */
  @Override
  public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> leaseLostCallback) {
    if (phase.get() instanceof Holding holding) {
      if (holding.isValid(nanoTime.getAsLong())) {
        holding.onLost = leaseLostCallback;
        return CompletableFuture.completedStage(true);
      }
      lost(holding, Optional.of(notRenewedInTime()));
    }
    Acquiring acquiring = new Acquiring();
    phase.set(acquiring);
    return operation("acquire")
        .run(() -> attemptToAcquire(acquiring, leaseLostCallback), this::release)
        .whenComplete((held, failure) -> phase.compareAndSet(acquiring, new Idle()));
  }

  private CompletionStage<Boolean> attemptToAcquire(
      Acquiring acquiring, Consumer<Optional<Throwable>> onLost) {
    return store
        .readOwnership(record)
        .thenCompose(
            seen -> {
              if (!isFree(seen)) {
                return CompletableFuture.completedStage(false);
              }
              long sent = nanoTime.getAsLong();
              return protocol
                  .claim(record, seen, settings.ownerName())
                  .thenApply(outcome -> acquired(acquiring, outcome, sent, onLost));
            });
  }

  private boolean isFree(Optional<StoredOwnership> seen) {
    return seen.isEmpty()
        || seen.get().isReleased()
        || seen.get().ownerId().equals(settings.ownerName())
        || seen.get().age().compareTo(heartbeatTimeout.plus(CLOCK_GRANULARITY)) >= 0;
  }

  private boolean acquired(
      Acquiring acquiring, ClaimOutcome outcome, long sent, Consumer<Optional<Throwable>> onLost) {
    if (!(outcome instanceof ClaimOutcome.Held held)) {
      return false;
    }
    Holding holding = new Holding(held.claim(), validUntil(sent), onLost);
    if (!holding.isValid(nanoTime.getAsLong()) || !phase.compareAndSet(acquiring, holding)) {
      // The claim came too late, or nobody waits for it any more: without a release it would keep
      // others out.
      releases.release(held.claim());
      return false;
    }
    schedule(heartbeatInterval, () -> heartbeat(holding));
    return true;
  }

  private void heartbeat(Holding holding) {
    if (phase.get() != holding) {
      return;
    }
    long sent = nanoTime.getAsLong();
    if (!holding.isValid(sent)) {
      giveUp(holding, notRenewedInTime());
      return;
    }
    protocol
        .renew(holding.claim())
        .whenComplete(
            (outcome, failure) -> {
              if (outcome instanceof ClaimOutcome.Held held) {
                if (holding.renewed(held.claim(), validUntil(sent), nanoTime.getAsLong())) {
                  schedule(heartbeatInterval, () -> heartbeat(holding));
                } else {
                  giveUp(holding, notRenewedInTime());
                }
              } else if (outcome != null) {
                lost(holding, Optional.empty());
              } else {
                heartbeatFailed(holding, StageFailure.causeOf(failure));
              }
            });
  }

  private void heartbeatFailed(Holding holding, Throwable failure) {
    long now = nanoTime.getAsLong();
    if (holding.isValid(now)) {
      schedule(shorter(retryDelay, holding.left(now)), () -> heartbeat(holding));
    } else {
      giveUp(holding, failure);
    }
  }

  /**
   * A heartbeat that failed may have been applied: without a release its claim would keep others
   * out.
   */
  private void giveUp(Holding holding, Throwable reason) {
    if (!phase.compareAndSet(holding, new Idle())) {
      return;
    }
    try {
      holding.onLost.accept(Optional.of(reason));
    } finally {
      releases.release(holding.claim());
    }
  }

  private void lost(Holding holding, Optional<Throwable> reason) {
    if (phase.compareAndSet(holding, new Idle())) {
      holding.onLost.accept(reason);
    }
  }

  /** Nobody waits for the answer where a lease is given back because it is lost. */
  private RepeatedWrite.Observer givingBack() {
    return new RepeatedWrite.Observer() {
      @Override
      public void firstAttemptFailed(Throwable failure, boolean isTriedAgain) {
        LOG.warn(
            LogKeys.NONE,
            "{} could not be given back, and others may wait until it expires: {}{}",
            name(),
            StageFailure.inWords(failure),
            isTriedAgain ? "; trying again until then" : "");
      }

      @Override
      public void doneAfter(int failures) {
        LOG.info(LogKeys.NONE, "{} is given back, after {} refused attempt(s)", name(), failures);
      }
    };
  }

  private LeaseTimeoutException notRenewedInTime() {
    return new LeaseTimeoutException(
        name() + " was not renewed within " + heartbeatTimeout.toMillis() + " ms");
  }

  /** Gives the lease back, so that others need not wait for it to expire. */
  @Override
  public CompletionStage<Boolean> release() {
    return phase.getAndSet(new Idle()) instanceof Holding holding
        ? operation("release")
            .run(
                () ->
                    protocol
                        .release(holding.claim())
                        .thenApply(outcome -> outcome == ReleaseOutcome.RELEASED),
                () -> {})
        : CompletableFuture.completedStage(true);
  }

  @Override
  public boolean checkLease() {
    return phase.get() instanceof Holding holding && holding.isValid(nanoTime.getAsLong());
  }

  private long validUntil(long sent) {
    return sent + heartbeatTimeout.toNanos();
  }

  private String name() {
    return "lease '" + settings.leaseName() + "' in " + store.description();
  }

  private LeaseOperation operation(String name) {
    return new LeaseOperation(
        name + " " + name(), operationTimeout, retryDelay, scheduler, executionContext);
  }

  private void schedule(Duration delay, Runnable task) {
    try {
      scheduler.scheduleOnce(delay, task, executionContext);
    } catch (IllegalStateException systemHasTerminated) {
      phase.set(new Idle());
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
