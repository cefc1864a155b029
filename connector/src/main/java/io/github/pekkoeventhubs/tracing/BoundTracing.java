// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.EventHubPartition;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The tracing that is bound to an actor system, if there is one. Epochs of partitions and producers
 * ask for it once, when they begin, so that a later change does not concern them. An exception of
 * the tracing is logged and goes no further: streams do not depend on it. Thread-safe; nothing
 * fails.
 */
@InternalApi
public final class BoundTracing implements Extension {

  private static final Id ID = new Id();

  /**
   * Asks the tracing library about the calling thread. A stage is made before it knows its actor
   * system, and the context of a thread is the same whichever system asks; so this is one for the
   * process, as it is in the library.
   */
  private static volatile Supplier<@Nullable Object> callersContext = () -> null;

  private volatile @Nullable GuardedStreamTracing bound;

  private BoundTracing() {}

  /** The tracing of this actor system. */
  public static BoundTracing of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /** The context of the calling thread now; null as long as no tracing was ever bound. */
  public static @Nullable Object callersContext() {
    return callersContext.get();
  }

  /** Traces what begins from now on. Replaces the tracing that was bound before. */
  public synchronized void bind(StreamTracing tracing) {
    GuardedStreamTracing guarded = GuardedStreamTracing.around(tracing);
    callersContext = guarded::callersContext;
    bound = guarded;
  }

  /** Traces nothing that begins from now on, if this is the tracing that is bound. */
  public synchronized void unbind(StreamTracing tracing) {
    GuardedStreamTracing guarded = bound;
    if (guarded != null && guarded.tracing() == tracing) {
      bound = null;
    }
  }

  /** The tracing of an epoch that begins; one that traces nothing if none is bound. */
  public PartitionTracing partition(EventHubPartition partition, Acknowledgement acknowledgement) {
    StreamTracing tracing = bound;
    return tracing == null ? PartitionTracing.NONE : tracing.partition(partition, acknowledgement);
  }

  /** The tracing of a producer that begins; empty if none is bound. */
  public Optional<ProducerTracing> producer(String namespace, String eventHub) {
    return Optional.ofNullable(bound).map(tracing -> tracing.producer(namespace, eventHub));
  }

  /** Whether something is bound now. */
  public boolean isBound() {
    return bound != null;
  }

  private static final class Id extends AbstractExtensionId<BoundTracing> {

    @Override
    public BoundTracing createExtension(ExtendedActorSystem system) {
      return new BoundTracing();
    }
  }
}
