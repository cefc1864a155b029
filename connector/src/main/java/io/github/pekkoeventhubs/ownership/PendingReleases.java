// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.threads.TimeLimits;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/**
 * The claims that this actor system is releasing. A hand-over waits a second for its release, and a
 * store that is busy may need more. A process that ended then would leave a claim that nobody
 * releases, and the next owner would wait until it has expired. So the actor system waits for the
 * releases before it ends, for most of the time of its phase {@code before-actor-system-terminate}
 * (5 s by Pekko's default).
 *
 * <p>One per actor system. Thread-safe.
 */
final class PendingReleases implements Extension {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.PartitionOwner");

  private static final Id ID = new Id();

  /** The share of the phase's time that is waited for: what follows should not be cut off. */
  private static final double SHARE_OF_PHASE = 0.9;

  private static final class Id extends ExtensionId<PendingReleases> {
    @Override
    public PendingReleases createExtension(ActorSystem<?> system) {
      return new PendingReleases(system);
    }
  }

  private final Set<CompletionStage<?>> pending = ConcurrentHashMap.newKeySet();

  private PendingReleases(ActorSystem<?> system) {
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(Adapter.toClassic(system));
    String phase = CoordinatedShutdown.PhaseBeforeActorSystemTerminate();
    Duration limit = Duration.ofNanos((long) (SHARE_OF_PHASE * shutdown.timeout(phase).toNanos()));
    shutdown.addTask(phase, "release claims that a busy store has not released", () -> end(limit));
  }

  static PendingReleases get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /** A release has begun. */
  void add(CompletionStage<?> release) {
    pending.add(release);
    release.whenComplete((outcome, failure) -> pending.remove(release));
  }

  private CompletionStage<Done> end(Duration limit) {
    List<CompletableFuture<Done>> all =
        pending.stream()
            .map(release -> release.handle((outcome, failure) -> Done.getInstance()))
            .map(CompletionStage::toCompletableFuture)
            .toList();
    CompletableFuture<Done> ended =
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
            .thenApply(done -> Done.getInstance());
    return TimeLimits.completing(ended, Done.getInstance(), limit)
        .thenApply(
            done -> {
              long left = all.stream().filter(release -> !release.isDone()).count();
              if (left > 0) {
                LOG.warn(
                    LogKeys.NONE,
                    "this process ends without having released {} claim(s): others wait until they"
                        + " expire",
                    left);
              }
              return done;
            });
  }
}
