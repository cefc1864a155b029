// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.annotation.InternalApi;

/**
 * The things that end with the actor system, unless they end before. One per actor system, so that
 * nothing stays with the system of what has ended before. Thread-safe.
 */
@InternalApi
public final class SystemEnd implements Extension {

  private static final Id ID = new Id();

  private static final class Id extends AbstractExtensionId<SystemEnd> {
    @Override
    public SystemEnd createExtension(ExtendedActorSystem system) {
      return new SystemEnd(system);
    }
  }

  private final Map<Long, CompletableFuture<Done>> pending = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private volatile boolean hasCome;

  private SystemEnd(ActorSystem system) {
    system.getWhenTerminated().thenAccept(done -> come());
  }

  public static SystemEnd of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  private void come() {
    hasCome = true;
    pending.values().forEach(end -> end.complete(Done.getInstance()));
  }

  /**
   * Completes the future at the end of the actor system, unless somebody else does before; at once
   * if the actor system has ended.
   *
   * @return completes with the future, and cannot be completed from outside
   */
  public CompletionStage<Done> completes(CompletableFuture<Done> future) {
    Long number = numbers.incrementAndGet();
    pending.put(number, future);
    future.whenComplete((done, error) -> pending.remove(number));
    if (hasCome) {
      future.complete(Done.getInstance());
    }
    return future.minimalCompletionStage();
  }

  /**
   * Runs the task at the end of the actor system; at once if it has ended. A task that fails keeps
   * no other one from running.
   *
   * @return takes the task back, and does nothing after it has begun
   */
  public Runnable runs(Runnable task) {
    CompletableFuture<Done> end = new CompletableFuture<>();
    end.thenRun(task);
    completes(end);
    return () -> end.cancel(false);
  }

  /** The number of things that have not ended yet. */
  public int count() {
    return pending.size();
  }
}
