// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import java.util.function.LongSupplier;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.annotation.InternalApi;

/**
 * The monotonic clock of all committers of an actor system: the machine's, unless a test with a
 * scheduler of its own has replaced it. Streams take the clock that is set when they start.
 */
@InternalApi
public final class CommitterClock implements Extension {

  private static final Id ID = new Id();

  private volatile LongSupplier nanoTime = System::nanoTime;

  private CommitterClock() {}

  /** The clock of this actor system. */
  public static CommitterClock of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /** Replaces the clock for the streams that start from now on; it tells nanoseconds. */
  public void replace(LongSupplier clock) {
    nanoTime = clock;
  }

  LongSupplier nanoTime() {
    return nanoTime;
  }

  private static final class Id extends AbstractExtensionId<CommitterClock> {

    @Override
    public CommitterClock createExtension(ExtendedActorSystem system) {
      return new CommitterClock();
    }
  }
}
