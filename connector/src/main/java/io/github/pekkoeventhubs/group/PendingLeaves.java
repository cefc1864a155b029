// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.apache.pekko.annotation.InternalApi;

/**
 * The streams that are leaving their placement. If the actor system ends first, nothing answers
 * them any more, and they have left. One per actor system, so that nothing of a stream stays with
 * the system after the stream has left. Thread-safe.
 */
@InternalApi
public final class PendingLeaves implements Extension {

  private static final Id ID = new Id();

  private static final class Id extends ExtensionId<PendingLeaves> {
    @Override
    public PendingLeaves createExtension(ActorSystem<?> system) {
      return new PendingLeaves(system);
    }
  }

  private final Map<Long, CompletableFuture<Done>> pending = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private volatile boolean systemHasEnded;

  private PendingLeaves(ActorSystem<?> system) {
    system.getWhenTerminated().thenAccept(done -> systemEnded());
  }

  public static PendingLeaves get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  private void systemEnded() {
    systemHasEnded = true;
    pending.values().forEach(left -> left.complete(Done.getInstance()));
  }

  /**
   * Completes the future at the end of the actor system, unless somebody else does before.
   *
   * @return completes with the future, and cannot be completed from outside
   */
  public CompletionStage<Done> untilTheSystemEnds(CompletableFuture<Done> left) {
    Long number = numbers.incrementAndGet();
    pending.put(number, left);
    left.whenComplete((done, error) -> pending.remove(number));
    if (systemHasEnded) {
      left.complete(Done.getInstance());
    }
    return left.minimalCompletionStage();
  }

  /** The number of streams that have not left yet. */
  int count() {
    return pending.size();
  }
}
